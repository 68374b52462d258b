import { EventEmitter } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll } from 'vitest';
import { run } from '../../../src/cli/program.ts';

/** What a command left: its exit code, and what it wrote. */
export interface Result {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A stream that keeps what is written to it. */
class Sink extends Writable {
  text = '';
  readonly isTTY: boolean;
  readonly columns = 120;

  constructor(isTTY: boolean) {
    super();
    this.isTTY = isTTY;
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString('utf8');
    done();
  }
}

/** A process that a test drives: streams that it reads, a terminal or not, and signals that it sends. */
export class Terminal extends EventEmitter {
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly env: Readonly<Record<string, string>>;

  constructor({ tty = false, env = {} }: { tty?: boolean; env?: Readonly<Record<string, string>> } = {}) {
    super();
    this.stdout = new Sink(tty);
    this.stderr = new Sink(tty);
    this.env = env;
  }

  async run(...argv: readonly string[]): Promise<Result> {
    const code = await run(argv, this);
    return { code, out: this.stdout.text, err: this.stderr.text };
  }
}

/** Runs the command line in this process. */
export const cli = (...argv: readonly string[]): Promise<Result> => new Terminal().run(...argv);

/** A folder that is removed after the tests of a file. */
export const temporary = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'cvae-cli-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

/** A small model of 4 × 4 images whose data are a formula, so that it trains in no time. */
export const SMALL = `
import { bernoulli, categorical, concat, cvae, dense, flatten, gaussian, relu, reshape } from 'cvae-compile';

export default cvae({
  condition: { kind: categorical('left', 'right') },
  target: bernoulli(4, 4, 1),
  latent: 2,
  prior: ({ kind }) => kind.pipe(dense(4), relu, gaussian(2)),
  recognition: ({ y, kind }) => concat(y.pipe(flatten), kind).pipe(dense(8), relu, gaussian(2)),
  decoder: ({ z, kind }) => concat(z, kind).pipe(dense(8), relu, dense(16), reshape(4, 4, 1)),
});

const examples = (count: number) => Array.from({ length: count }, (_, i) => ({
  kind: i % 2 === 0 ? 'left' : 'right',
  y: Array.from({ length: 16 }, (_, p) => Number((p % 4 < 2) === (i % 2 === 0)) * (0.5 + (i % 7) / 14)),
}));

export const data = { train: examples(96), test: examples(16) };
`;
