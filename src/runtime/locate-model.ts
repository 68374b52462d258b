import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { errorCode, InvalidFile, reasonOf } from '../errors.ts';
import { parseManifest } from '../formats/manifest.ts';
import { MANIFEST_FILE } from '../formats/names.ts';
import type { FileOnDisk } from '../signature.ts';
import { brief } from '../values/brief.ts';
import { hashOf, type ModelLocation, type LocationOptions } from './model-location.ts';

/** Returns the place at the path of a folder, or at an address with https:, http:, file: or hf:. */
export const locateModel = async (address: string | URL, options: LocationOptions = {}): Promise<ModelLocation> =>
  isRemote(address)
    ? (await import('./remote-location.ts')).remoteLocation(String(address), options)
    : folderLocation(pathOf(address));

const isRemote = (address: unknown): boolean =>
  /^(https?|hf):/i.test(typeof address === 'string' ? address : String(Object(address).href));

const folderLocation = (folder: string): ModelLocation => {
  const at = (file: string): string => join(folder, file);
  return {
    at,
    // Without the mark that some editors begin a text with, as pages read it.
    manifest: async () =>
      parseManifest((await manifestText(folder, at(MANIFEST_FILE))).replace(/^\uFEFF/, ''), at(MANIFEST_FILE)),
    get: (file) => readChecked(at(file.file), file),
  };
};

const manifestText = (folder: string, path: string): Promise<string> =>
  readFile(path, 'utf8').catch(async (error: unknown) => {
    const missing = errorCode(error) === 'ENOENT';
    if (errorCode(error) === 'ENOTDIR')
      throw new InvalidFile(`${folder}: expected the folder of an exported model, got a file; give its folder`);
    // The staging folder of an export: one that has finished leaves none.
    const isCut = missing && (await readdir(folder).catch(() => [])).some((name) => name.startsWith('.export-'));
    const got = isCut ? 'one whose export was cut off' : missing ? `none with a ${MANIFEST_FILE}` : reasonOf(error);
    throw new InvalidFile(
      `${folder}: expected the folder of an exported model, got ${got}; export a model into it${isCut ? ' again' : ''}`,
    );
  });

/** Returns a path unchanged, or the path of a file URL, such as `new URL('./exported/', import.meta.url)`. */
export const pathOf = (address: string | URL): string => {
  const isText = typeof address === 'string';
  if (isText && !/^(file:|hf:|[a-z][a-z\d+.-]+:\/\/)/i.test(address)) return address;
  // JavaScript allows any value; a URL may come from another realm.
  if (!isText && (typeof address !== 'object' || address === null || typeof address.protocol !== 'string'))
    throw new InvalidFile(`open: expected the path of a folder, or its URL, got ${brief(address)}; give one`);
  const { protocol } = new URL(address);
  if (protocol === 'file:') return fileURLToPath(address);
  throw new InvalidFile(
    /^(https?|hf):$/.test(protocol)
      ? `${address}: expected a folder on this machine, got an address; download the folder, and give its path`
      : `${address}: expected the path of a folder, or an address with https:, http:, file: or hf:, got one with ${protocol}; download the folder, and give its path`,
  );
};

/** Reads the bytes of a file on the disk, with the length and hash in the manifest; throws an `InvalidFile` otherwise. */
export const readChecked = async (where: string, { bytes: length, sha256 }: FileOnDisk): Promise<Uint8Array> => {
  const refuse = (expected: string, got: string): never => {
    throw new InvalidFile(
      `${where}: expected ${expected}, as ${MANIFEST_FILE} says, got ${got}; export the model again`,
    );
  };
  const bytes = await readFile(where).catch(() => refuse(`a file of ${length} bytes`, 'none that can be read'));
  if (bytes.length !== length) refuse(`a file of ${length} bytes`, `${bytes.length}`);
  const hash = hashOf(bytes);
  if (hash !== sha256)
    refuse(`a file of SHA-256 ${sha256.slice(0, 12)}…`, `${hash.slice(0, 12)}…, another file or a changed one`);
  return bytes;
};
