import { randomUUID } from 'node:crypto';
import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { InvalidFile } from '../errors.ts';
import { makeFolder, removeFolders } from './folder.ts';
import { decodeSafetensors, encodeSafetensors, type Safetensors } from './safetensors.ts';
import { checkFingerprint, checkWeights, type Expected, type Weights } from './weights.ts';

/** The name of the weights in a run's folder. */
export const WEIGHTS_FILE = 'weights.safetensors';

/** Which model weights must be of: its parameters, and the hash of its printed form. */
export interface Owner {
  readonly params: Iterable<Expected>;
  readonly fingerprint?: string;
}

/** Writes weights and the strings about them to a safetensors file: all of it, or nothing where an `InvalidFile` is thrown. */
export const saveWeights = (
  path: string,
  weights: Weights,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> => writeWhole(path, encodeSafetensors(weights, metadata));

/**
 * Reads weights from a safetensors file, or from the folder of a run. Throws an `InvalidFile` where there are none, and a
 * `WeightsMismatch` where they are not `owner`'s.
 */
export const loadWeights = async (path: string, owner?: Owner): Promise<Safetensors> => {
  const file = (await isFolder(path)) ? join(path, WEIGHTS_FILE) : path;
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new InvalidFile(`${file}: expected weights, got ${reason(error)}; give the folder of a run or its weights`);
  });
  const read = decodeSafetensors(bytes, file);
  if (owner !== undefined) {
    checkWeights(file, owner.params, read.weights);
    if (owner.fingerprint !== undefined) checkFingerprint(file, owner.fingerprint, read.metadata);
  }
  return read;
};

/**
 * Writes a file under a temporary name, makes sure that the disk has it, and renames it: whoever reads the path sees the
 * old bytes or the new ones, never half of them. Makes the folder. Throws an `InvalidFile` where that fails.
 */
export const writeWhole = async (path: string, bytes: Uint8Array | string): Promise<void> => {
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}.part`);
  let made: string | undefined;
  try {
    made = await makeFolder(dirname(path));
    const file = await open(temporary, 'w');
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
    throw new InvalidFile(
      `${path}: expected to write a file, got ${reason(error)}; choose a place that can be written`,
    );
  }
};

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

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

/** Why a file could not be read or written, in a few words. */
export const reason = (error: unknown): string => {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : String(error);
  return REASONS[code] ?? code;
};
