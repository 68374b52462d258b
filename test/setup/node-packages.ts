import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CACHE = fileURLToPath(new URL('../../.cache/node', import.meta.url));

/**
 * Returns a folder from which packages of npm can be required, kept in `.cache/node` for the next run, or why there is none: tests that need it
 * are then skipped. They are not among this package's own, as nothing else needs them.
 */
export const nodeWith = (
  ...packages: readonly string[]
): { readonly folder: string } | { readonly missing: string } => {
  const folder = join(CACHE, createHash('sha256').update(packages.join('\n')).digest('hex').slice(0, 12));
  const complete = join(folder, 'complete');
  if (existsSync(complete)) return { folder };
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  const words = ['install', '--silent', '--ignore-scripts', '--no-audit', '--no-fund', ...packages];
  const { status, error, stderr } = spawnSync('npm', words, { cwd: folder, encoding: 'utf8', timeout: 300_000 });
  if (status !== 0) {
    const line = stderr?.trim().split('\n').at(-1);
    return {
      missing: `${packages.join(', ')} cannot be installed: ${error?.message ?? line ?? `exit code ${status}`}`,
    };
  }
  writeFileSync(complete, '');
  return { folder };
};
