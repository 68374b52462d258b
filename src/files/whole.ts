import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { InvalidFile, errorCode, messageOf } from '../errors.ts';
import { makeFolder, removeFolders } from './folder.ts';
import { removeStale, temporaryFor } from './temporary.ts';

/**
 * Writes a file atomically: under a temporary name until the disk has all of it, then renamed, so that readers of the path see
 * the old bytes or the new ones, never a mixture; bytes may come in pieces. Creates the folder, and removes leftovers of killed
 * processes for the same file. Errors of the file system pass through, and leave nothing behind; `reason` returns them in words.
 */
export const putWhole = async (path: string, bytes: Content): Promise<void> => {
  const temporary = temporaryFor(path);
  let made: string | undefined;
  try {
    made = await makeFolder(dirname(path));
    await removeStale(dirname(path), basename(path));
    const file = await open(temporary, 'wx');
    try {
      // Each piece is written after the last.
      for await (const piece of isWhole(bytes) ? [bytes] : bytes) await file.writeFile(piece);
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

/** The same, but throws an `InvalidFile` if it fails; what the pieces throw passes through. */
export const writeWhole = async (path: string, bytes: Content): Promise<void> => {
  let failed: { readonly error: unknown } | undefined;
  async function* pieces(content: Pieces): Pieces {
    try {
      yield* content;
    } catch (error) {
      failed = { error };
      throw error;
    }
  }
  await putWhole(path, isWhole(bytes) ? bytes : pieces(bytes)).catch((error: unknown) => {
    if (failed) throw failed.error;
    throw new InvalidFile(
      `${path}: expected a path that can be written to, got ${reason(error)}; choose a place that can be written`,
    );
  });
};

/** What is written to a file: all at once, or piece by piece. */
type Content = Uint8Array | string | Pieces;
type Pieces = AsyncIterable<Uint8Array | string>;

const isWhole = (bytes: Content): bytes is Uint8Array | string =>
  typeof bytes === 'string' || ArrayBuffer.isView(bytes);

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
