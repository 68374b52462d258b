import { mkdir, rmdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { errorCode } from '../errors.ts';
import { isFolder } from './exists.ts';

/**
 * Creates a folder, and its missing parents; returns the topmost one that was created, or undefined if the folder existed. Node's
 * own `{ recursive: true }` never returns if the system persistently answers ENOENT, as in /proc.
 */
export const makeFolder = async (path: string): Promise<string | undefined> => {
  const folder = resolve(path);
  try {
    await mkdir(folder);
    return folder;
  } catch (error) {
    const code = errorCode(error);
    if (code === 'EEXIST' && (await isFolder(folder))) return undefined;
    if (code !== 'ENOENT' || dirname(folder) === folder) throw error;
    const above = await makeFolder(dirname(folder));
    await mkdir(folder).catch(async (again: unknown) => {
      await removeFolders(dirname(folder), above);
      throw again;
    });
    return above ?? folder;
  }
};

/** Removes a folder and its parents, up to the topmost one that `makeFolder` created, as far as they are empty. */
export const removeFolders = async (path: string, uppermost: string | undefined): Promise<void> => {
  if (uppermost === undefined) return;
  const folder = resolve(path);
  const removed = await rmdir(folder).then(
    () => true,
    () => false,
  );
  if (removed && folder !== uppermost) await removeFolders(dirname(folder), uppermost);
};
