import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { makeFolder, removeFolders } from '../../src/files/folder.ts';

const folder = mkdtempSync(join(tmpdir(), 'cvae-folder-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (...names: readonly string[]) => join(folder, ...names);

test('makes a folder and those above it, and says which is the uppermost', async () => {
  expect(await makeFolder(at('a', 'b', 'c'))).toBe(at('a'));
  expect(existsSync(at('a', 'b', 'c'))).toBe(true);
  expect(await makeFolder(at('a', 'b', 'd'))).toBe(at('a', 'b', 'd'));
  expect(await makeFolder(at('a', 'b', 'd'))).toBeUndefined();
});

test('removes what it made, as far as it is empty', async () => {
  const made = await makeFolder(at('x', 'y', 'z'));
  await removeFolders(at('x', 'y', 'z'), made);
  expect(existsSync(at('x'))).toBe(false);
  expect(existsSync(folder)).toBe(true);

  const again = await makeFolder(at('x', 'y', 'z'));
  writeFileSync(at('x', 'mine'), '');
  await removeFolders(at('x', 'y', 'z'), again);
  expect(existsSync(at('x', 'y'))).toBe(false);
  expect(existsSync(at('x', 'mine'))).toBe(true);
});

test('a file in the way is an error, and nothing is left', async () => {
  writeFileSync(at('file'), '');
  await expect(makeFolder(at('file'))).rejects.toMatchObject({ code: 'EEXIST' });
  await expect(makeFolder(at('file', 'a', 'b'))).rejects.toMatchObject({ code: 'ENOTDIR' });
});

test.runIf(process.platform === 'linux')('does not retry for ever if the system refuses', async () => {
  await expect(makeFolder('/proc/none/of/it')).rejects.toMatchObject({ code: 'ENOENT' });
});
