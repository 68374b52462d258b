import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { InvalidFile, errorCode, messageOf } from '../errors.ts';
import { makeFolder, removeFolders } from './folder.ts';
import { removeStale, temporaryFor } from './temporary.ts';

/**
 * Writes a file atomically: under a temporary name until the disk has all of it, then renamed, so that readers of the path see
 * the old bytes or the new ones, never a mixture. Creates the folder, and removes leftovers of killed processes for the same
 * file. Errors of the file system pass through, and leave nothing behind; `reason` returns them in words.
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

/** The same, but throws an `InvalidFile` if it fails. */
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

/** Returns why the file system refused, in a few words. */
export const reason = (error: unknown): string => REASONS[codeOf(error)] ?? codeOf(error);

/** Returns an error's code, such as `ENOENT`, or else its message. */
export const codeOf = (error: unknown): string => errorCode(error) ?? messageOf(error);
