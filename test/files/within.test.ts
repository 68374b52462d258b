import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { entryWithin, fileWithin } from '../../src/files/within.ts';

const place = mkdtempSync(join(tmpdir(), 'cvae-within-'));
afterAll(() => rmSync(place, { recursive: true, force: true }));
const folder = join(place, 'folder');
const elsewhere = join(place, 'elsewhere');
for (const each of [join(folder, 'inner'), elsewhere]) mkdirSync(each, { recursive: true });
for (const file of [join(folder, 'a.txt'), join(folder, 'inner', 'b.txt'), join(elsewhere, 'secret')])
  writeFileSync(file, '');
symlinkSync(elsewhere, join(folder, 'link'));
symlinkSync(join(elsewhere, 'secret'), join(folder, 'linked.txt'));
symlinkSync('a.txt', join(folder, 'alias.txt'));
symlinkSync('inner', join(folder, 'within'));
symlinkSync('nowhere', join(folder, 'dangling'));
// Whoever gives the folder itself may give a link.
symlinkSync(folder, join(place, 'alias'));

const OUTSIDE = [
  '',
  '.',
  '..',
  '../elsewhere/secret',
  'inner/../../elsewhere/secret',
  'inner/./b.txt',
  'inner//b.txt',
  '/etc/passwd',
  `${elsewhere}/secret`,
  '\\\\host\\share',
  'inner\\b.txt',
  'C:secret',
  'a.txt:stream',
  'a.txt\0',
  'a.txt ',
  '.. /secret',
  'link/secret',
  'link/new/deeper',
  // A file is no folder.
  'a.txt/b',
];

describe.each([['a folder', folder] as const, ['a link to it', join(place, 'alias')] as const])('%s', (_, root) => {
  test.each(OUTSIDE)('%j is no name of anything in it', async (name) => {
    expect(await entryWithin(root, name)).toBeUndefined();
    expect(await fileWithin(root, name)).toBeUndefined();
  });

  test.each(['a.txt', 'inner/b.txt', 'alias.txt'])('%s is a file in it', async (name) => {
    expect(await entryWithin(root, name)).toBe(join(root, name));
    expect(await fileWithin(root, name)).toBe(join(root, name));
  });

  test('a folder between must be one, even where a link leads to one in it', async () => {
    expect(await entryWithin(root, 'within/b.txt')).toBeUndefined();
  });

  test('a link to elsewhere can be moved, but not read', async () => {
    expect(await entryWithin(root, 'linked.txt')).toBe(join(root, 'linked.txt'));
    expect(await fileWithin(root, 'linked.txt')).toBeUndefined();
  });

  test('what is not there can be written, but not read', async () => {
    expect(await entryWithin(root, 'new/deeper/c.txt')).toBe(join(root, 'new/deeper/c.txt'));
    for (const name of ['new/deeper/c.txt', 'new.txt', 'dangling'])
      expect(await fileWithin(root, name)).toBeUndefined();
  });
});
