import type { FileOnDisk } from '../../signature.ts';
import { hubFolder } from '../hub.ts';
import type { downloadChecked } from './files.ts';

/** The folder of an exported model, and how its files are downloaded if not as usual. */
export interface Addressed {
  readonly folder: URL;
  readonly get?: typeof downloadChecked;
}

// Loaded only for an address of the hub; what the page has already loaded is passed in, since sharing it would require a separate file.

/**
 * Returns a folder of the hub. Its files are kept by the browser under their hashes: the hub answers with redirections to addresses that
 * are new each time, which browsers keep for no later visit.
 */
export const onHub = (address: string | URL, download: typeof downloadChecked): Addressed => ({
  folder: hubFolder(String(address)).url,
  get: async (url, file, options) => {
    const store = options.keep === false ? undefined : await kept();
    const key = keyOf(file);
    const before = await store?.match(key);
    if (before) {
      const bytes = new Uint8Array(await before.arrayBuffer());
      if ((await sha256(bytes)) === file.sha256) return bytes;
    }
    const bytes = await download(url, file, options);
    // A full disk does not keep a model from opening.
    await store?.put(key, new Response(new Uint8Array(bytes))).catch(() => undefined);
    return bytes;
  },
});

const keyOf = ({ sha256: hash }: FileOnDisk): string => `https://cvae-compile.invalid/${hash}`;

const sha256 = async (bytes: Uint8Array<ArrayBuffer>): Promise<string> =>
  Array.from(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');

/** The browser's own cache, which pages over plain HTTP, and private windows of some browsers, do not have. */
const kept = (): Promise<Store | undefined> =>
  Promise.resolve(caches?.open('cvae-compile models')).catch(() => undefined);

interface Store {
  match(key: string): Promise<Response | undefined>;
  put(key: string, response: Response): Promise<void>;
}

const { caches } = globalThis as { readonly caches?: { open(name: string): Promise<Store> } };
