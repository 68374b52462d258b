import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** How a process ended, and what it said. */
export interface Ended {
  readonly code: number | null;
  readonly text: string;
}

/** Runs a program to its end, or for so many seconds. */
export const ran = (
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

/**
 * Returns a Python with these packages, or why there is none: `CVAE_PYTHON`, or one in `.cache/`, where they are installed once. What a
 * machine cannot install is skipped by the tests that need it, in these words.
 */
export const pythonWith = async (...packages: readonly string[]): Promise<{ python: string; missing?: string }> => {
  const own = process.env['CVAE_PYTHON'];
  if (own !== undefined) return { python: own };
  const name = createHash('sha256').update(packages.join(' ')).digest('hex').slice(0, 8);
  const folder = fileURLToPath(new URL(`../../../.cache/python-${name}`, import.meta.url));
  const python = join(folder, 'bin', 'python');
  const done = join(folder, 'installed');
  if (existsSync(done)) return { python };
  const made = await ran('python3', ['-m', 'venv', folder]);
  if (made.code !== 0)
    return { python, missing: `no python3 that makes a venv: ${made.text.trim().split('\n').at(-1)}` };
  const installed = await ran(python, ['-m', 'pip', 'install', '--quiet', ...packages], { seconds: 1800 });
  if (installed.code !== 0)
    return {
      python,
      missing: `pip cannot install ${packages.join(', ')}: ${installed.text.trim().split('\n').at(-1)}`,
    };
  writeFileSync(done, packages.join('\n'));
  return { python };
};

/** The folder of an example. */
export const example = (name: string): string => fileURLToPath(new URL(`../../../examples/${name}/`, import.meta.url));
