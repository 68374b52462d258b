import type { ExportedFile, FileOnDisk, Manifest, Part } from '../../signature.ts';
import { MANIFEST_FILE } from '../../formats/names.ts';
import { download, refusal, type Downloading, type Wanted } from '../download.ts';
import type { OpenOptions } from '../open-options.ts';
import { SERVED, type Source } from '../sessions.ts';
import { page } from './page.ts';

/** Returns the address of a model's file, by its name. */
export type Locate = (file: string) => URL;

/** Downloads and checks the bytes of a part. */
export const sourceOf = async (
  file: ExportedFile,
  locate: Locate,
  options: OpenOptions,
  download = downloadChecked,
): Promise<Source> => {
  const get = (file: FileOnDisk) => download(locate(file.file), file, options);
  const { weights } = options;
  return {
    where: locate(file.file).href,
    ...(weights
      ? await (await import('../put-weights.ts')).withWeights(file, get, weights)
      : { bytes: await get(file), ...(file.external && { external: await get(file.external) }) }),
  };
};

/** Downloads those that every model runs. */
export const sourcesOf = async (
  { files }: Manifest,
  locate: Locate,
  options: OpenOptions,
  download?: typeof downloadChecked,
): Promise<ReadonlyMap<Part, Source>> => {
  const sources = new Map<Part, Source>();
  for (const part of SERVED) {
    const file = files[part];
    if (file) sources.set(part, await sourceOf(file, locate, options, download));
  }
  return sources;
};

/**
 * Downloads the bytes at an address, with the length and hash in the manifest; throws an `InvalidFile` that says what came back.
 */
export const downloadChecked = async (
  url: URL,
  file: FileOnDisk,
  options: Downloading & Pick<OpenOptions, 'keep'>,
): Promise<Uint8Array> => {
  const { bytes: length, sha256 } = file;
  const wanted = listed(file);
  const bytes = await download(url, wanted, options);
  if (bytes.length !== length) throw refusal(url, wanted, bytes.length);
  // Browsers provide no SHA-256 to pages loaded over plain HTTP.
  const digest = new Uint8Array((await page.crypto.subtle?.digest('SHA-256', bytes)) ?? []);
  if (digest.some((byte, i) => byte !== parseInt(sha256.slice(2 * i, 2 * i + 2), 16)))
    throw refusal(url, wanted, 'other ones, of another SHA-256');
  return bytes;
};

/** What a file at an address should be. */
export const listed = ({ bytes }: FileOnDisk): Wanted => ({
  what: `the file of ${bytes} bytes that ${MANIFEST_FILE} lists`,
  remedy: 'export the model again, and put the whole folder there',
});
