import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { killAt, stepsOf, type Killed } from './support/killing.ts';
import { treeOf } from './support/tree.ts';

const PROGRAM = fileURLToPath(new URL('support/site.mjs', import.meta.url));
const place = mkdtempSync(join(tmpdir(), 'cvae-kill-site-'));
afterAll(() => rmSync(place, { recursive: true, force: true }));
const file = (name: string): string => {
  writeFileSync(join(place, name), name);
  return join(place, name);
};
const [one, two, three] = ['one', 'two', 'three'].map(file);

/** The program that writes a site of files to `site` in a folder of its own. */
const writing = (folder: string, ...files: readonly (string | undefined)[]): Killed => ({
  words: [PROGRAM, join(folder, 'site'), ...files.filter((each) => each !== undefined)],
  under: folder,
});
const run = ({ words }: Killed) => spawnSync(process.execPath, words, { encoding: 'utf8' });
const built = (name: string, ...files: readonly (string | undefined)[]): string => {
  const folder = join(place, name);
  mkdirSync(folder);
  const { status, stderr } = run(writing(folder, ...files));
  expect(status, stderr).toBe(0);
  return folder;
};

test('a site that is killed leaves the one or the other to the next, before whatever step it dies', () => {
  const before = built('before', one);
  const after = built('after', two, three);
  const next = built('next', three);
  const folder = join(place, 'copy');
  const copied = (from: string): void => {
    rmSync(folder, { recursive: true, force: true });
    cpSync(from, folder, { recursive: true });
  };
  copied(before);
  const steps = stepsOf(writing(folder, two, three));
  expect(treeOf(folder)).toEqual(treeOf(after));
  expect(steps.filter((step) => step.startsWith('rename'))).toHaveLength(2);
  for (const [i, step] of steps.entries()) {
    copied(before);
    killAt(writing(folder, two, three), i + 1);
    const again = join(place, 'again');
    cpSync(folder, again, { recursive: true });
    // One that fails leaves what was there, ...
    expect(run(writing(folder, one, join(place, 'missing'))).status, step).toBe(1);
    const isDone = i > steps.findLastIndex((each) => each.startsWith('rename'));
    expect(treeOf(folder), step).toEqual(treeOf(isDone ? after : before));
    expect(readdirSync(folder), step).toEqual(['site']);
    // ... and one that is right takes its place.
    expect(run(writing(again, three)), step).toMatchObject({ status: 0 });
    expect(treeOf(again), step).toEqual(treeOf(next));
    expect(readdirSync(again), step).toEqual(['site']);
    rmSync(again, { recursive: true });
  }
}, 240_000);

test('folders of others that are called alike stay', () => {
  const folder = built('others', one);
  for (const name of ['.site.before', '.site.part', '.site.mine.part.before', '.other.part'])
    mkdirSync(join(folder, name));
  expect(run(writing(folder, two)).status).toBe(0);
  expect(readdirSync(folder).sort()).toEqual([
    '.other.part',
    '.site.before',
    '.site.mine.part.before',
    '.site.part',
    'site',
  ]);
});
