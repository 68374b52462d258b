import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorCode, InvalidFile, isUserError } from '../errors.ts';
import { isThere } from '../files/exists.ts';
import { MANIFEST_FILE } from '../signature.ts';
import { makeFolder, removeFolders } from '../files/folder.ts';
import { LOCK_FILE, lock } from '../files/lock.ts';
import { reason } from '../files/whole.ts';
import { entryWithin } from '../files/within.ts';
import type { Compiled } from './compile.ts';
import { filesOf, type Packed } from './pack.ts';
import { filesIn, REPLACED, undoKilled } from './previous-export.ts';

/**
 * Writes a compiled model to a folder, which is created if it is missing: its ONNX files, and `model.json` last, so that a folder
 * with a `model.json` is complete. Everything is first written to a folder within it, where `check` may refuse it by throwing:
 * then nothing is left. An exported model in the folder is replaced, or kept if this fails; other files stay. Leftovers of a
 * killed export are cleaned up first.
 *
 * @throws InvalidFile if the folder cannot be written, is being written by another process, or holds files of these names that
 * are not an exported model's.
 */
export async function write<T>(
  folder: string,
  { files, others = [], manifest }: Compiled,
  check: (staged: string) => Promise<T>,
): Promise<T> {
  const json = new TextEncoder().encode(`${JSON.stringify(manifest, null, 2)}\n`);
  const parts = Object.values(files).flatMap(filesOf);
  const all: readonly Packed[] = [...parts, ...others, { file: MANIFEST_FILE, pieces: [json] }];
  const stage = join(folder, `.export-${randomUUID()}`);
  const undo: (() => Promise<void>)[] = [];
  const move = async (from: string, to: string): Promise<void> => {
    const made = await mkdir(dirname(to), { recursive: true });
    undo.unshift(async () => void (made && (await rmdir(made))));
    await rename(from, to);
    undo.unshift(() => rename(to, from));
  };
  try {
    const made = await makeFolder(folder);
    undo.unshift(() => removeFolders(folder, made));
    const { release } = await lock(join(folder, LOCK_FILE), folder, 'exporting');
    undo.unshift(async () => release());
    await undoKilled(folder);
    const before = await filesIn(folder);
    for (const { file } of all) await checkFree(folder, file, before);
    await mkdir(stage);
    undo.unshift(() => rm(stage, { recursive: true, force: true }));
    await mkdir(join(stage, REPLACED));
    for (const { file, pieces } of all) await put(join(stage, file), pieces);
    const result = await check(stage);
    for (const name of before) await move(join(folder, name), join(stage, REPLACED, name));
    for (const { file } of all) await move(join(stage, file), join(folder, file));
    // Folders that held files of the older export are removed if they are empty.
    for (const name of new Set(before.map(dirname)))
      if (name !== '.') await rmdir(join(folder, name)).catch(() => undefined);
    await rm(stage, { recursive: true, force: true });
    release();
    return result;
  } catch (error) {
    for (const step of undo) await step().catch(() => undefined);
    if (isUserError(error) || !isSystemError(error)) throw error;
    throw new InvalidFile(
      `${folder}: expected a folder to write to, got ${reason(error)}; choose a place that can be written`,
    );
  }
}

/**
 * Checks that a new file may be written. @throws InvalidFile if it would replace one that is not an older export's, or lie behind
 * a link.
 */
const checkFree = async (folder: string, file: string, before: readonly string[]): Promise<void> => {
  const path = await entryWithin(folder, file);
  if (path === undefined)
    throw new InvalidFile(
      `${join(folder, dirname(file))}: expected a folder, got a link or a file; choose another folder, or remove it`,
    );
  if (!before.includes(file) && (await isThere(path)))
    throw new InvalidFile(
      `${folder}: expected a folder without a ${file} of another kind, got one; choose another folder, or remove it`,
    );
};

/** Writes a new file and flushes it to the disk. */
const put = async (path: string, pieces: readonly Uint8Array[]): Promise<void> => {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, 'wx');
  try {
    for (const piece of pieces) await file.writeFile(piece);
    await file.sync();
  } finally {
    await file.close();
  }
};

const isSystemError = (error: unknown): boolean => errorCode(error) !== undefined && 'syscall' in Object(error);
