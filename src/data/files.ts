import { randomUUID } from 'node:crypto';
import { access, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { InvalidFile, Unavailable } from '../errors.ts';

/** A file's bytes. Throws an `InvalidFile` that ends in this remedy where it cannot be read. */
export const readBytes = (path: string, expected: string, remedy: string): Promise<Buffer> =>
  readFile(path).catch((error: unknown) => {
    throw new InvalidFile(`${path}: expected ${expected}, got ${reason(error)}; ${remedy}`);
  });

/** Whether there is something at a path. */
export const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** Whether there is a folder at a path. */
export const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

/** Keeps bytes in a cache under a temporary name until all are written. Throws an `Unavailable` where that fails. */
export const keep = async (path: string, bytes: Uint8Array): Promise<void> => {
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}.part`);
  try {
    await mkdir(dirname(path), { recursive: true });
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
    throw new Unavailable(
      `${path}: expected room to keep ${megabytes(bytes.length)}, got ${reason(error)}; name another folder in CVAE_CACHE`,
    );
  }
};

/** `9.7 MB` */
export const megabytes = (bytes: number): string =>
  bytes < 1e5 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;

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

/** Why the file system refused, in words. */
export const reason = (error: unknown): string => REASONS[codeOf(error)] ?? codeOf(error);

/** An error's code, such as `ENOENT`, or else its message. */
export const codeOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
};
