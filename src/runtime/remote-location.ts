import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode, isUserError, messageOf } from '../errors.ts';
import { cacheFolder } from '../files/cache.ts';
import { putWhole } from '../files/whole.ts';
import { parseManifest } from '../formats/manifest.ts';
import { MANIFEST_FILE } from '../formats/names.ts';
import type { Manifest } from '../signature.ts';
import { download, refusal, type Wanted } from './download.ts';
import { hubFolder, hubHeaders, isOnHub } from './hub.ts';
import { hashOf, type ModelLocation, type LocationOptions } from './model-location.ts';
import { folderOf } from './web/address.ts';
import { downloadChecked, listed } from './web/files.ts';

/**
 * Returns the place at an address. Files are kept in the folder for caches, under their hashes, so that they are right whatever happens
 * to that folder; `model.json` is asked for each time, unless its revision is a commit, and comes from there when there is no network.
 */
export const remoteLocation = async (address: string, options: LocationOptions): Promise<ModelLocation> => {
  const onHub = isOnHub(address);
  const { url: folder, pinned } = onHub ? hubFolder(address) : { url: await folderOf(address), pinned: false };
  const headers = onHub ? hubHeaders() : {};
  const caching = options.keep ?? true;
  const cached = (kind: string, name: string): string => join(cacheFolder(), kind, name);
  const locate = (file: string): URL => new URL(file.split('/').map(encodeURIComponent).join('/'), folder);

  const read = (path: string): Promise<Uint8Array | undefined> =>
    caching ? readFile(path).catch(() => undefined) : Promise.resolve(undefined);
  // A cache that cannot be written does not keep a model from opening.
  const keep = (path: string, bytes: Uint8Array): Promise<void> =>
    caching ? putWhole(path, bytes).catch(() => undefined) : Promise.resolve();
  const how = { ...options, headers };
  /** Asks for a file; a missing answer is reported as Node does. */
  const ask = async (url: URL, wanted: Wanted, get: () => Promise<Uint8Array>): Promise<Uint8Array> => {
    try {
      return await get();
    } catch (error) {
      throw unanswered(error) ? refusal(url, wanted, `no answer (${codeOf(error)})`, error) : error;
    }
  };

  const manifest = async (): Promise<Manifest> => {
    const url = locate(MANIFEST_FILE);
    const path = cached('manifests', `${hashOf(url.href)}.json`);
    const parse = (bytes: Uint8Array): Manifest => parseManifest(new TextDecoder().decode(bytes), url.href);
    const before = async (): Promise<Manifest | undefined> => {
      const bytes = await read(path);
      try {
        return bytes && parse(bytes);
      } catch {
        return undefined; // a damaged one, or one of another version of this package
      }
    };
    const kept = pinned ? await before() : undefined;
    if (kept) return kept;
    try {
      const wanted = { what: 'the model.json of an exported model', remedy: remedyOf(onHub) };
      const bytes = await ask(url, wanted, () => download(url, wanted, how));
      const found = parse(bytes);
      await keep(path, bytes);
      return found;
    } catch (error) {
      const offline = unanswered(error) && (await before());
      if (offline) return offline;
      throw error;
    }
  };

  return {
    at: (file) => locate(file).href,
    manifest,
    get: async (file) => {
      options.signal?.throwIfAborted();
      const path = cached('models', file.sha256);
      const before = await read(path);
      if (before && hashOf(before) === file.sha256) return before;
      const url = locate(file.file);
      const bytes = await ask(url, listed(file), () => downloadChecked(url, file, how));
      await keep(path, bytes);
      return bytes;
    },
  };
};

const remedyOf = (onHub: boolean): string =>
  onHub
    ? 'correct the name or the revision, or set HF_TOKEN for a private model'
    : 'give the address of an exported folder';

/** Whether an error is of a request that nobody answered, or not to the end: what `fetch` throws is in its cause. */
const unanswered = (error: unknown): boolean => isUserError(error) && error.cause !== undefined;

const codeOf = (error: unknown): string => {
  const cause: unknown = Object(error).cause;
  return errorCode(Object(cause).cause) ?? errorCode(cause) ?? messageOf(Object(cause).cause ?? cause);
};
