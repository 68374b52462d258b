import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { LIBRARY } from '../src/version.ts';
import { IS_LONG } from './support/chosen.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const place = mkdtempSync(join(tmpdir(), 'cvae-clone-'));
afterAll(() => rmSync(place, { recursive: true, force: true }));
const clone = join(place, 'clone');

/** Runs a program in the clone, with a cache of npm's own, in which nothing is remembered. */
const run = (command: string, ...words: readonly string[]) => {
  const env = { ...process.env, npm_config_cache: join(place, 'cache'), npm_config_update_notifier: 'false' };
  const { status, stdout, stderr } = spawnSync(command, words, { cwd: clone, env, encoding: 'utf8' });
  return { status, out: stdout, err: stderr };
};

test('npx cvae-compile, before a clone is built: what is missing, and after it is built: the program', () => {
  expect(spawnSync('git', ['clone', '--quiet', ROOT, clone])).toMatchObject({ status: 0 });
  // What `npm ci` and `npm run build` leave, which take minutes: for real where there is time.
  if (IS_LONG) expect(run('npm', 'ci')).toMatchObject({ status: 0 });
  else symlinkSync(join(ROOT, 'node_modules'), join(clone, 'node_modules'));
  const before = run('npx', 'cvae-compile', '--version');
  expect(before).toEqual({
    status: 1,
    out: '',
    err: `error: ${clone}/: expected the program to be built, got no dist/cli/bin.js; run npm ci && npm run build there\n`,
  });
  if (!IS_LONG) return; // npx takes a second to start
  expect(run('npm', 'run', 'build')).toMatchObject({ status: 0 });
  expect(run('npx', 'cvae-compile', '--version')).toEqual({ status: 0, out: `${LIBRARY.version}\n`, err: '' });
  const wrong = run('npx', 'cvae-compile', 'inspect', 'nowhere.ts');
  expect(wrong).toEqual({
    status: 1,
    out: '',
    err: 'error: nowhere.ts: expected a definition, got no such file; correct the path\n',
  });
}, 600_000);
