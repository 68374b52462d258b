import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { Unavailable } from '../../errors.ts';
import type { Feeds } from '../../runtime/sessions.ts';

/** An engine in a process of its own, which reads a request a line, and answers with a line. */
export interface EngineProcess {
  readonly version: string;
  /** Runs a file on float32 arrays. @throws Error with the engine's own reason. */
  run(path: string, inputs: Feeds, outputs: readonly string[]): Promise<Feeds>;
  close(): Promise<void>;
}

/** What a process needs, in the words of the error if that is not there, and where it runs. */
interface Wanted {
  readonly who: string;
  readonly what: string;
  readonly remedy: string;
  readonly cwd?: string;
}

/** Starts a process. @throws Unavailable if it does not start, or says that something is missing. */
export const startProcess = async (
  command: string,
  words: readonly string[],
  { who, what, remedy, cwd }: Wanted,
): Promise<EngineProcess> => {
  const child = spawn(command, words, { stdio: ['pipe', 'pipe', 'ignore'], cwd });
  const answers: ((line: string) => void)[] = [];
  let end = 'it has ended';
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line.startsWith(MARK)) answers.shift()?.(line.slice(MARK.length));
  });
  // An engine may end the process that it runs in.
  child.stdin.on('error', () => undefined);
  let isOver = false;
  const closed = once(child, 'close').catch((error: unknown) => (end = String(error)));
  void closed.then(() => {
    isOver = true;
    return answers.splice(0).forEach((answer) => answer(JSON.stringify({ error: end })));
  });
  const next = (): Promise<Answer> =>
    isOver
      ? Promise.resolve({ error: end })
      : new Promise((resolve) => answers.push((line) => resolve(JSON.parse(line))));
  const first = await next();
  if (first.error !== undefined) throw new Unavailable(`${who}: expected ${what}, got "${first.error}"; ${remedy}`);
  return {
    version: first.version ?? '',
    run: async (path, inputs, outputs) => {
      const given = Object.entries(inputs).map(([key, { data, shape }]) => [key, { data: Array.from(data), shape }]);
      const answer = next();
      child.stdin.write(`${JSON.stringify({ path, inputs: Object.fromEntries(given), outputs })}\n`);
      const { error, found = {} } = await answer;
      if (error !== undefined) throw new Error(error);
      return Object.fromEntries(
        // JSON has no infinity and no NaN.
        Object.entries(found).map(([key, { data, shape }]) => [
          key,
          { data: Float32Array.from(data, (value) => value ?? NaN), shape },
        ]),
      );
    },
    close: async () => {
      child.stdin.end();
      await closed;
    },
  };
};

interface Answer {
  readonly version?: string;
  readonly error?: string;
  readonly found?: Readonly<
    Record<string, { readonly data: readonly (number | null)[]; readonly shape: readonly number[] }>
  >;
}

/** What a line of an answer begins with: engines print, too. */
export const MARK = '#cvae ';
