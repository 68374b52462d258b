import { downloadChecked } from './files.ts';
import type { Addressed } from './hub.ts';
import { baseOf } from './page.ts';

/** Returns the folder at an address of a page, or of a repository of the hub: `hf:owner/name`. */
export const addressed = async (address: string | URL): Promise<Addressed> =>
  `${address}`.startsWith('hf:')
    ? (await import('./hub.ts')).onHub(address, downloadChecked)
    : { folder: await folderOf(address) };

/** Returns an address that ends in a slash, so that names are resolved within it; throws an `InvalidData` for an invalid one. */
export const folderOf = async (address: string | URL): Promise<URL> => {
  try {
    const url = new URL(address, baseOf());
    if (!url.pathname.endsWith('/')) url.pathname += '/';
    return url;
  } catch {
    throw (await import('./failed.ts')).noAddress(address);
  }
};
