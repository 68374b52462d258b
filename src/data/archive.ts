import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import { InvalidFile } from '../errors.ts';
import { exists, isFolder } from '../files/exists.ts';
import { cacheFolder } from '../files/cache.ts';
import { download } from './download.ts';
import { keep, readBytes } from './files.ts';
import { decodeIdx, unpackIdx, type Idx } from './idx.ts';
import { findIdx, namesOfIdx } from './idx-files.ts';
import { showProgress, type DataProgress } from './progress.ts';

/** A published set of IDX files, each with the MD5 of its uncompressed bytes. */
export interface Archive {
  readonly name: string;
  /** Its folder in `CVAE_DATA`, in the cache and on a mirror of several archives. */
  readonly folder: string;
  /** The environment variable that names another mirror of this archive. */
  readonly variable: string;
  readonly mirror: string;
  readonly sums: Readonly<Record<string, string>>;
}

/** How an archive's files are obtained. */
export interface ArchiveOptions {
  /** Called with the progress of a download; by default, standard error shows a bar or lines. `false` shows nothing. */
  readonly progress?: ((at: DataProgress) => void) | false;
  readonly signal?: AbortSignal;
}

/**
 * Reads one of an archive's files: from the folder that `CVAE_DATA` names (directly, or in its subfolder for the archive), else
 * from the cache, else downloaded into the cache. Throws an `InvalidFile` if it is truncated, damaged or another file, and an
 * `Unavailable` if it cannot be obtained.
 */
export const readArchive = async (archive: Archive, file: string, options: ArchiveOptions = {}): Promise<Idx> => {
  const found = await findLocal(archive, file);
  if (found !== undefined) {
    const remedy = `name a folder with ${archive.name} in CVAE_DATA, or unset it to download ${archive.name}`;
    return verify(archive, file, await readBytes(found, archive.name, remedy), found, remedy);
  }
  const cached = join(cacheFolder(), archive.folder, `${file}.gz`);
  const remedy = 'delete it, and it is downloaded again';
  if (await exists(cached)) return verify(archive, file, await readBytes(cached, archive.name, remedy), cached, remedy);
  return downloadArchive(archive, file, cached, options);
};

/**
 * Returns the address of an archive's folder: from `CVAE_MNIST_MIRROR` or the corresponding variable, else in `CVAE_DATA_MIRROR`,
 * else the default.
 */
export const mirrorOf = (archive: Archive, env: NodeJS.ProcessEnv = process.env): string => {
  const all = env['CVAE_DATA_MIRROR'];
  const address = env[archive.variable] || (all ? `${all.replace(/\/+$/, '')}/${archive.folder}` : archive.mirror);
  return address.replace(/\/+$/, '');
};

const downloadArchive = async (archive: Archive, file: string, path: string, options: ArchiveOptions): Promise<Idx> => {
  const url = `${mirrorOf(archive)}/${file}.gz`;
  const root = process.env['CVAE_DATA'];
  const elsewhere = root
    ? `name another mirror in ${archive.variable}, or put the file into CVAE_DATA: ${resolve(root)} has none of ${namesOfIdx(file).join(', ')}, in itself or in ${archive.folder}/`
    : `name another mirror in ${archive.variable} or the folder of the files in CVAE_DATA`;
  const progress = options.progress ?? (await showProgress());
  const bytes = await download(url, {
    name: `${archive.name} ${file}`,
    remedy: `check the connection and HTTPS_PROXY, or ${elsewhere}`,
    ...(progress === false ? {} : { progress }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  const read = await verify(archive, file, bytes, url, elsewhere);
  await keep(path, bytes);
  return read;
};

const verify = async (
  archive: Archive,
  file: string,
  bytes: Uint8Array,
  name: string,
  remedy: string,
): Promise<Idx> => {
  const plain = await unpackIdx(bytes, name, remedy);
  const read = decodeIdx(plain, name, remedy);
  const sum = createHash('md5').update(plain).digest('hex');
  if (sum !== archive.sums[file])
    throw new InvalidFile(
      `${name}: expected ${archive.name}'s ${file} (MD5 ${archive.sums[file]} uncompressed), got another file (${sum}); ${remedy}`,
    );
  return read;
};

/** Finds a file in `CVAE_DATA`. */
const findLocal = async (archive: Archive, file: string): Promise<string | undefined> => {
  const root = process.env['CVAE_DATA'];
  if (!root) return undefined;
  const folder = resolve(root);
  if (!(await isFolder(folder)))
    throw new InvalidFile(`${folder}: expected the folder that CVAE_DATA names, got none; correct or unset CVAE_DATA`);
  return (await findIdx(join(folder, archive.folder), file)) ?? findIdx(folder, file);
};
