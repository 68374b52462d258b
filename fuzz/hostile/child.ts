// Reads spoiled files in a process of its own, which may hang, run out of memory or crash without ending the fuzzer.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { encode } from 'fast-png';
import sharp from 'sharp';
import { Choices } from '../choices.ts';
import { judged } from './judged.ts';
import { copied, prepare, spoil, TARGETS } from './targets.ts';

/** What the process is asked to do: to write intact files to a folder, or to read one of them spoiled. */
export type Asked =
  | { readonly prepare: string }
  | { readonly place: string; readonly target: number; readonly choices: readonly number[] };

/** What it answers: which file was changed, what is wrong if something is, and how many numbers were looked at. */
export interface Answered {
  readonly file?: string;
  readonly used?: number;
  readonly wrong?: { readonly kind: string; readonly message: string };
  /** Whether the file was read as if nothing were wrong with it. */
  readonly taken?: boolean;
}

const DEFINITION = `
import { bernoulli, categorical, concat, cvae, dense, gaussian, relu } from 'cvae-compile';

export default cvae({
  condition: { kind: categorical('left', 'right') },
  target: bernoulli(4, 4, 1),
  latent: 2,
  prior: ({ kind }) => kind.pipe(dense(4), relu, gaussian(2)),
  recognition: ({ y, kind }) => concat(y.pipe(flatten), kind).pipe(dense(8), relu, gaussian(2)),
  decoder: ({ z, kind }) => concat(z, kind).pipe(dense(8), relu, dense(16), reshape(2, 2, 4), conv2d(4), relu, upsample2d(), conv2d(1)),
});

const examples = (count: number) => Array.from({ length: count }, (_, i) => ({
  kind: i % 2 === 0 ? 'left' : 'right',
  y: Array.from({ length: 16 }, (_, p) => Number((p % 4 < 2) === (i % 2 === 0)) * (0.5 + (i % 7) / 14)),
}));

export const data = { train: examples(48), test: examples(8) };
`.replace('gaussian, relu }', 'gaussian, relu, flatten, reshape, conv2d, upsample2d }');

const pixels = (seed: number): Uint8Array => Uint8Array.from({ length: 60 }, (_, i) => (i * 11 * seed) % 256);
const raw = { raw: { width: 5, height: 4, channels: 3 } } as const;

const made = async (place: string): Promise<void> =>
  prepare(place, {
    onnx: 'decoder.onnx',
    definition: DEFINITION,
    pictures: {
      'a/one.png': encode({ width: 5, height: 4, channels: 3, data: pixels(1) }),
      'a/two.jpg': await sharp(pixels(2), raw).jpeg().toBuffer(),
      'b/three.webp': await sharp(pixels(3), raw).webp({ lossless: true }).toBuffer(),
      'b/four.png': encode({ width: 5, height: 4, channels: 3, data: pixels(4) }),
    },
  });

async function answer(asked: Asked): Promise<Answered> {
  if ('prepare' in asked) {
    await made(asked.prepare);
    return {};
  }
  const { place, target: number, choices: list } = asked;
  const target = TARGETS[number];
  if (!target) throw new Error(`no target ${number}`);
  const folder = join(place, 'spoiled');
  await rm(folder, { recursive: true, force: true });
  await copied(target, place, folder);
  const choices = new Choices(list);
  const file = await spoil(target, folder, choices);
  const { used } = choices;
  try {
    await target.read(folder);
    return { file, used, taken: true };
  } catch (error) {
    const wrong = judged(target.name, error);
    return { file, used, ...(wrong && { wrong: { kind: wrong.kind, message: wrong.message } }) };
  }
}

// A rejection that nobody handles would end a program.
let stray: Error | undefined;
process.on('unhandledRejection', (error) => (stray = error instanceof Error ? error : new Error(String(error))));

process.on('message', (asked: Asked) => {
  void (async () => {
    const answered = await answer(asked).catch((error: unknown): Answered => ({
      wrong: {
        kind: 'the fuzzer itself',
        message: error instanceof Error ? (error.stack ?? error.message) : String(error),
      },
    }));
    const late = stray && {
      kind: `an error that nobody waits for: ${stray.name}`,
      message: stray.stack ?? stray.message,
    };
    stray = undefined;
    process.send?.(late ? { ...answered, wrong: late } : answered);
  })();
});
process.on('disconnect', () => process.exit(0));
