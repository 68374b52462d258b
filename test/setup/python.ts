import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CACHE = fileURLToPath(new URL('../../.cache/python', import.meta.url));

/** A Python with packages, or why there is none. */
export type Python = { readonly python: string } | { readonly missing: string };

/**
 * Makes a virtual environment with packages, by `python3` and pip, and keeps it in `.cache/python` for the next run. Says why where that does
 * not work: tests that need it are then skipped.
 */
export const pythonWith = (...packages: readonly string[]): Python => {
  const folder = join(CACHE, createHash('sha256').update(packages.join('\n')).digest('hex').slice(0, 12));
  const python = join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  const complete = join(folder, 'complete');
  if (existsSync(complete)) return { python };
  mkdirSync(CACHE, { recursive: true });
  rmSync(folder, { recursive: true, force: true });
  for (const [command, ...words] of [
    ['python3', '-m', 'venv', folder],
    [python, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages],
  ] as const) {
    const { status, error, stderr } = spawnSync(command, words, { encoding: 'utf8', timeout: 400_000 });
    if (status === 0) continue;
    const line = stderr?.trim().split('\n').at(-1);
    return {
      missing: `${packages.join(', ')} cannot be installed: ${error?.message ?? line ?? `exit code ${status}`}`,
    };
  }
  writeFileSync(complete, '');
  return { python };
};
