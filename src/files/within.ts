import { lstat, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';

/**
 * Returns the path of a name that was read from a file (a manifest, a list, a snapshot), if it lies in the folder: with forward
 * slashes between folders, none of which may be a link. For files that are moved, removed or written: if the path ends in a link,
 * the link itself is moved or removed. Undefined for any other name, such as `../x`, `/x`, `C:x` or `link/x`.
 */
export const entryWithin = async (folder: string, name: string): Promise<string | undefined> => {
  const segments = name.split('/');
  if (!segments.every(isSegment)) return undefined;
  for (let depth = 1; depth < segments.length; depth++) {
    const found = await lstat(join(folder, ...segments.slice(0, depth))).catch(() => undefined);
    // A missing entry can be created, and is then not a link.
    if (found === undefined) break;
    if (!found.isDirectory()) return undefined;
  }
  return join(folder, ...segments);
};

/** The same for files that are read: the target of the path must lie in the folder too. Also undefined if it does not exist. */
export const fileWithin = async (folder: string, name: string): Promise<string | undefined> => {
  const path = await entryWithin(folder, name);
  if (path === undefined) return undefined;
  const [root, real] = await Promise.all([folder, path].map((each) => realpath(each).catch(() => undefined)));
  return root !== undefined && real?.startsWith(root.endsWith(sep) ? root : root + sep) ? path : undefined;
};

/**
 * Windows drops dots and spaces at the end of a name, and interprets a colon as the end of a drive or the start of a file's
 * stream.
 */
const isSegment = (text: string): boolean => text !== '' && !/[\\:\0]|[. ]$/.test(text);
