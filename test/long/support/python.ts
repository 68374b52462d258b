import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { pythonWith } from '../../setup/python.ts';

/** How a process ended, and what it said. */
export interface Ended {
  readonly code: number | null;
  readonly text: string;
}

/** Runs a program to its end, or for a number of seconds. */
export const runProgram = (
  program: string,
  words: readonly string[],
  { seconds = 600, env = {}, cwd }: { seconds?: number; env?: Readonly<Record<string, string>>; cwd?: string } = {},
): Promise<Ended> =>
  new Promise((resolve) => {
    const child = spawn(program, words, {
      env: { ...process.env, RAY_DEDUP_LOGS: '0', RAY_USAGE_STATS_ENABLED: '0', ...env },
      timeout: seconds * 1000,
      killSignal: 'SIGKILL',
      ...(cwd !== undefined && { cwd }),
    });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece: Buffer) => (text += piece.toString()));
    child.on('error', (error) => resolve({ code: null, text: error.message }));
    child.on('close', (code) => resolve({ code, text }));
  });

/** A Python with these packages; or `missing`, why there is none, by which the tests that need it are skipped. */
export const pythonOf = (...packages: readonly string[]): { readonly python: string; readonly missing?: string } => {
  const found = { python: '', ...pythonWith(...packages) };
  if ('missing' in found) console.log(`skipped: ${found.missing}`);
  return found;
};

/** The folder of an example. */
export const example = (name: string): string => fileURLToPath(new URL(`../../../examples/${name}/`, import.meta.url));
