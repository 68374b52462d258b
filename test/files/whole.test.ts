import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { removeStale, temporaryFor } from '../../src/files/temporary.ts';
import { putWhole, writeWhole } from '../../src/files/whole.ts';

const place = mkdtempSync(join(tmpdir(), 'cvae-whole-'));
afterAll(() => rmSync(place, { recursive: true, force: true }));
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(place, 'folder-'));
});
const at = (name: string) => join(folder, name);
const MODULE = JSON.stringify(new URL('../../dist/files/temporary.js', import.meta.url).href);

/** What a process that is no more has left half-written of a file. */
const left = (path: string): string => {
  const program = `import { temporaryFor } from ${MODULE}; process.stdout.write(temporaryFor(${JSON.stringify(path)}));`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
  writeFileSync(stdout, 'half');
  return stdout;
};

test('puts a file in place, and removes what a killed process has left of it', async () => {
  const stale = left(at('a.txt'));
  const other = left(at('b.txt'));
  // One of this process is being written.
  const ours = temporaryFor(at('a.txt'));
  writeFileSync(ours, 'half');
  await putWhole(at('a.txt'), 'whole');
  expect(readFileSync(at('a.txt'), 'utf8')).toBe('whole');
  expect([stale, other, ours].map((path) => existsSync(path))).toEqual([false, true, true]);
  await removeStale(folder);
  expect(readdirSync(folder).sort()).toEqual([basename(ours), 'a.txt'].sort());
});

test('what earlier versions and other machines have left goes when nobody has touched it for an hour', async () => {
  const names = ['.a.txt.0f0e0d0c-1111-2222-3333-444455556666.part', '.a.txt.00000000-1-1-0.part'];
  for (const name of names) writeFileSync(at(name), '');
  await removeStale(folder);
  expect(readdirSync(folder)).toHaveLength(2);
  for (const name of names) utimesSync(at(name), Date.now() / 1000 - 7200, Date.now() / 1000 - 7200);
  await removeStale(folder);
  expect(readdirSync(folder)).toEqual([]);
});

test('files of others stay, whatever they are called', async () => {
  const names = ['movie.part', '.movie.part', '.a.txt.part', '.a.txt.123.part', 'a.txt.00000000-1-1-0.part', '.hidden'];
  for (const name of names) {
    writeFileSync(at(name), '');
    utimesSync(at(name), 1, 1);
  }
  await removeStale(folder);
  await putWhole(at('a.txt'), '');
  expect(readdirSync(folder).sort()).toEqual([...names, 'a.txt'].sort());
});

test('a file that comes in pieces is put in place when all are there, and what the pieces throw is passed on', async () => {
  async function* pieces(error?: Error) {
    yield 'a';
    yield new Uint8Array([98]);
    if (error) throw error;
    yield 'c';
  }
  await writeWhole(at('a.txt'), pieces());
  expect(readFileSync(at('a.txt'), 'utf8')).toBe('abc');
  const error = new RangeError('no more');
  await expect(writeWhole(at('a.txt'), pieces(error))).rejects.toBe(error);
  await expect(writeWhole(at('new/b.txt'), pieces(error))).rejects.toBe(error);
  expect(readdirSync(folder)).toEqual(['a.txt']);
  expect(readFileSync(at('a.txt'), 'utf8')).toBe('abc');
  await expect(writeWhole(at('a.txt/b'), pieces())).rejects.toThrow('expected a path that can be written to');
});
