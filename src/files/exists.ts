import { statSync, type Stats } from 'node:fs';
import { lstat, stat } from 'node:fs/promises';

/** Whether something exists at a path. */
export const exists = (path: string): Promise<boolean> => holds(stat(path), () => true);

/** The same, including a broken link. */
export const isThere = (path: string): Promise<boolean> => holds(lstat(path), () => true);

/** Whether there is a file at a path. */
export const isFile = (path: string): Promise<boolean> => holds(stat(path), (found) => found.isFile());

/** The same, but not a link to one. */
export const isPlainFile = (path: string): Promise<boolean> => holds(lstat(path), (found) => found.isFile());

/** Whether there is a folder at a path. */
export const isFolder = (path: string): Promise<boolean> => holds(stat(path), (found) => found.isDirectory());

/** The same, synchronously. */
export const isFolderSync = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

const holds = (found: Promise<Stats>, of: (found: Stats) => boolean): Promise<boolean> => found.then(of, () => false);
