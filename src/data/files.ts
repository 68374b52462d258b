import { readFile } from 'node:fs/promises';
import { InvalidFile, Unavailable } from '../errors.ts';
import { putWhole, reason } from '../files/whole.ts';

/** Reads a file's bytes. Throws an `InvalidFile` that ends in this remedy if it cannot be read. */
export const readBytes = (path: string, expected: string, remedy: string): Promise<Buffer> =>
  readFile(path).catch((error: unknown) => {
    throw new InvalidFile(`${path}: expected ${expected}, got ${reason(error)}; ${remedy}`);
  });

/** Stores bytes in a cache, under a temporary name until all are written. Throws an `Unavailable` if that fails. */
export const keep = (path: string, bytes: Uint8Array): Promise<void> =>
  putWhole(path, bytes).catch((error: unknown) => {
    throw new Unavailable(
      `${path}: expected room to keep ${megabytes(bytes.length)}, got ${reason(error)}; name another folder in CVAE_CACHE`,
    );
  });

/** Formats a size: `9.7 MB`. */
export const megabytes = (bytes: number): string =>
  bytes < 1e5 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
