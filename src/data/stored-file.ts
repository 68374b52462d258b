import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { open, readdir, rename, rm, stat, statfs, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { InvalidFile, Unavailable } from '../errors.ts';
import { makeFolder } from '../files/folder.ts';
import { removeStale, temporaryFor } from '../files/temporary.ts';
import { reason } from '../files/whole.ts';
import { LIBRARY } from '../version.ts';
import { cacheFolder } from '../files/cache.ts';
import type { Column, Stored } from './dataset.ts';
import { megabytes } from './files.ts';

/** What the numbers in a file are. */
export interface StoredForm {
  readonly kind: Stored['kind'];
  readonly count: number;
  readonly width: number;
}

const BYTES = { Uint8Array: 1, Int32Array: 4, Float32Array: 4 } as const;

/** Files that have not been used for this number of days are removed. */
const DAYS = 14;

/**
 * Returns numbers in a file of the cache, which `write` makes if it is not there yet, example after example. The file is found again by
 * `key`, all that the numbers follow from. Throws an `Unavailable` if there is no room, or the cache cannot be written.
 */
export const storedFile = async (
  key: unknown,
  form: StoredForm,
  write: (append: (values: Column['data']) => Promise<void>) => Promise<void>,
): Promise<Stored> => {
  const folder = join(cacheFolder(), 'stored');
  const hash = createHash('sha256').update(JSON.stringify([LIBRARY.version, key, form]));
  const path = join(folder, `${hash.digest('hex').slice(0, 32)}.bin`);
  const length = form.count * form.width * BYTES[form.kind];
  if ((await lengthOfFile(path)) === length) {
    const now = new Date();
    await utimes(path, now, now).catch(() => undefined); // of a cache that is only read
    return reader(path, form);
  }
  const temporary = temporaryFor(path);
  try {
    await makeFolder(dirname(path));
    await removeStale(folder);
    await removeOld(folder);
    await checkRoom(folder, length);
    const file = await open(temporary, 'wx');
    try {
      await write(async ({ buffer, byteOffset, byteLength }) => {
        await file.write(new Uint8Array(buffer, byteOffset, byteLength));
      });
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    if (!isOfFiles(error)) throw error;
    throw new Unavailable(
      `${folder}: expected room to keep ${megabytes(length)}, got ${reason(error)}; name another folder in CVAE_CACHE`,
    );
  }
  return reader(path, form);
};

/** A file for numbers that come one by one, which nobody finds again. */
export interface ScratchFile {
  readonly append: (values: Column['data']) => void;
  /** Returns all numbers that were appended, as examples of this width. */
  readonly finish: (kind: Stored['kind'], width: number) => Stored;
}

/** Creates a file in the cache that is gone when the program ends. Throws an `Unavailable` if there is no room. */
export const scratchFile = (): ScratchFile => {
  const folder = join(cacheFolder(), 'stored');
  const path = temporaryFor(join(folder, 'rows.bin'));
  let length = 0;
  const attempt = <T>(act: () => T): T => {
    try {
      return act();
    } catch (error) {
      if (!isOfFiles(error)) throw error;
      throw new Unavailable(
        `${folder}: expected room to keep ${megabytes(length)} and more, got ${reason(error)}; name another folder in CVAE_CACHE`,
      );
    }
  };
  const file = attempt(() => {
    mkdirSync(folder, { recursive: true });
    const opened = openSync(path, 'wx+');
    // An open file can be read without a name.
    rmSync(path, { force: true });
    return opened;
  });
  return {
    append: ({ buffer, byteOffset, byteLength }) => {
      const bytes = new Uint8Array(buffer, byteOffset, byteLength);
      for (let at = 0; at < byteLength;) at += attempt(() => writeSync(file, bytes, at));
      length += byteLength;
    },
    finish: (kind, width) => readerOf(file, path, { kind, count: length / BYTES[kind] / width, width }),
  };
};

/** Whether an error is one of the file system. */
const isOfFiles = (error: unknown): boolean => {
  const { syscall }: { readonly syscall?: unknown } = Object(error);
  return typeof syscall === 'string';
};

const lengthOfFile = async (path: string): Promise<number | undefined> => {
  try {
    const { size } = await stat(path);
    return size;
  } catch {
    return undefined;
  }
};

const checkRoom = async (folder: string, length: number): Promise<void> => {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize < length)
    throw new Unavailable(
      `${folder}: expected room to keep ${megabytes(length)}, got ${megabytes(bavail * bsize)}; make room, or name another folder in CVAE_CACHE`,
    );
};

const removeOld = async (folder: string): Promise<void> => {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Infinity }));
    if (Date.now() - mtimeMs > DAYS * 86_400_000) await rm(path, { force: true });
  }
};

/** Closes a file when nothing can read it any more. */
const files = new FinalizationRegistry<number>((file) => closeSync(file));

const reader = (path: string, form: StoredForm): Stored => readerOf(openSync(path, 'r'), path, form);

const readerOf = (file: number, path: string, form: StoredForm): Stored => {
  const bytes = form.width * BYTES[form.kind];
  const read: Stored['read'] = (example, { buffer, byteOffset, byteLength }) => {
    const into = new Uint8Array(buffer, byteOffset, byteLength);
    // One call may read less than it is asked for.
    for (let at = 0; at < byteLength;) {
      const count = readSync(file, into, at, byteLength - at, example * bytes + at);
      if (count === 0)
        throw new InvalidFile(`${path}: expected ${form.count} examples, got a file that ends before; delete it`);
      at += count;
    }
  };
  files.register(read, file);
  return { ...form, read };
};
