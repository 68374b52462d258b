import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { table } from '../../src/site/offline.ts';
import { SITE_FILE } from '../../src/site/site.ts';
import type { Source } from '../../src/site/source.ts';
import { writeSite } from '../../src/site/write.ts';
import { killPointsOf, type Killed } from './support/killing.ts';
import { treeOf } from './support/tree.ts';
import { memoryFolder } from '../support/memory-folder.ts';

const PROGRAM = fileURLToPath(new URL('support/site.mjs', import.meta.url));
const place = memoryFolder('cvae-kill-site-');
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
/** The same in this process. */
const write = (folder: string, ...files: readonly (string | undefined)[]): Promise<unknown> => {
  const site = new Map(
    files.flatMap((path): [string, Source][] => (path === undefined ? [] : [[`files/${basename(path)}`, { path }]])),
  );
  const all = new Map(site);
  return writeSite(join(folder, 'site'), site.set(SITE_FILE, { make: () => table(all, { name: 'small' }) }));
};
const built = async (name: string, ...files: readonly (string | undefined)[]): Promise<string> => {
  const folder = join(place, name);
  mkdirSync(folder);
  await write(folder, ...files);
  return folder;
};

test('building a site leaves one site or the other to the next command, whatever step it is killed before', async () => {
  const before = await built('before', one);
  const after = await built('after', two, three);
  const next = await built('next', three);
  const folder = join(place, 'copy');
  const points = killPointsOf(() => {
    rmSync(folder, { recursive: true, force: true });
    cpSync(before, folder, { recursive: true });
    return writing(folder, two, three);
  });
  expect(treeOf(folder)).toEqual(treeOf(after));
  expect(points.filter(({ step }) => step.startsWith('rename'))).toHaveLength(2);
  for (const [i, { step, kill }] of points.entries()) {
    kill();
    const again = join(place, 'again');
    cpSync(folder, again, { recursive: true });
    // One that fails leaves what was there, ...
    await expect(write(folder, one, join(place, 'missing')), step).rejects.toThrow('got no such file');
    const isDone = i > points.findLastIndex((each) => each.step.startsWith('rename'));
    expect(treeOf(folder), step).toEqual(treeOf(isDone ? after : before));
    expect(readdirSync(folder), step).toEqual(['site']);
    // ... and one that is right takes its place.
    await write(again, three);
    expect(treeOf(again), step).toEqual(treeOf(next));
    expect(readdirSync(again), step).toEqual(['site']);
    rmSync(again, { recursive: true });
  }
}, 240_000);

test('folders of others with similar names stay', async () => {
  const folder = await built('others', one);
  for (const name of ['.site.before', '.site.part', '.site.mine.part.before', '.other.part'])
    mkdirSync(join(folder, name));
  await write(folder, two);
  expect(readdirSync(folder).sort()).toEqual([
    '.other.part',
    '.site.before',
    '.site.mine.part.before',
    '.site.part',
    'site',
  ]);
});
