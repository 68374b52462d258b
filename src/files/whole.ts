import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { InvalidFile, errorCode, messageOf } from '../errors.ts';
import { makeFolder, removeFolders } from './folder.ts';
import { removeStale, temporaryFor } from './temporary.ts';

/**
 * Puts a file in place: under a temporary name until the disk has all of it, then renamed, so that whoever reads the path sees
 * the old bytes or the new ones, never half of them. Makes the folder, and removes what a killed process has left of the same
 * file. What the file system throws passes through, and leaves nothing behind; `reason` gives it in words.
 */
export const putWhole = async (path: string, bytes: Uint8Array | string): Promise<void> => {
  const temporary = temporaryFor(path);
  let made: string | undefined;
  try {
    made = await makeFolder(dirname(path));
    await removeStale(dirname(path), basename(path));
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    await removeFolders(dirname(path), made);
    throw error;
  }
};

/** The same, in words: throws an `InvalidFile` where it fails. */
export const writeWhole = (path: string, bytes: Uint8Array | string): Promise<void> =>
  putWhole(path, bytes).catch((error: unknown) => {
    throw new InvalidFile(
      `${path}: expected a path that can be written to, got ${reason(error)}; choose a place that can be written`,
    );
  });

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EACCES: 'no permission',
  EPERM: 'no permission',
  EROFS: 'a disk that is read-only',
  ENOSPC: 'a disk that is full',
  EDQUOT: 'a disk quota that is used up',
  EISDIR: 'a folder',
  ENOTDIR: 'a file where a folder should be',
  EEXIST: 'a file where a folder should be',
};

/** Why the file system refused, in a few words. */
export const reason = (error: unknown): string => REASONS[codeOf(error)] ?? codeOf(error);

/** An error's code, such as `ENOENT`, or else its message. */
export const codeOf = (error: unknown): string => errorCode(error) ?? messageOf(error);
