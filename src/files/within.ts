import { lstat, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';

/**
 * The path of a name that was read from a file (a manifest, a list, a look), if it is that of something in the folder: with
 * forward slashes between folders, none of which may be a link. For what is moved, removed or written: a link at the end of the
 * path is then itself what is moved or removed. Undefined for any other name, such as `../x`, `/x`, `C:x` or `link/x`.
 */
export const entryWithin = async (folder: string, name: string): Promise<string | undefined> => {
  const segments = name.split('/');
  if (!segments.every(isSegment)) return undefined;
  for (let depth = 1; depth < segments.length; depth++) {
    const found = await lstat(join(folder, ...segments.slice(0, depth))).catch(() => undefined);
    // What is not there yet can be made, and then it is no link.
    if (found === undefined) break;
    if (!found.isDirectory()) return undefined;
  }
  return join(folder, ...segments);
};

/** The same for what is read: what the path leads to must lie in the folder too. Undefined also where there is nothing. */
export const fileWithin = async (folder: string, name: string): Promise<string | undefined> => {
  const path = await entryWithin(folder, name);
  if (path === undefined) return undefined;
  const [root, real] = await Promise.all([folder, path].map((each) => realpath(each).catch(() => undefined)));
  return root !== undefined && real?.startsWith(root.endsWith(sep) ? root : root + sep) ? path : undefined;
};

/** Windows drops dots and spaces at the end of a name, and takes what precedes a colon for a drive or a file's stream. */
const isSegment = (text: string): boolean => text !== '' && !/[\\:\0]|[. ]$/.test(text);
