import { dirname, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isError } from '../errors.ts';

/** A place in a user's file: the line and the column, from 1, as editors open it: `9:12`. */
export interface Place {
  readonly file: string;
  readonly line: string;
}

/** Where a user's code was when an error was thrown, or where it cannot be parsed; nothing where that is not known. */
export function placeOf(error: unknown, folder: string): Place | undefined {
  if (!isError(error)) return undefined;
  const text = error.message.startsWith('ParseError') ? error.message : (error.stack ?? '');
  const frames = [...text.matchAll(FRAME)].flatMap(([, path = '', line = '']) => {
    const file = path.startsWith('file:') ? fileURLToPath(path) : path;
    return isUsers(file) ? [{ file, line }] : [];
  });
  return frames.find(({ file }) => file.startsWith(folder + sep)) ?? frames[0];
}

/** An absolute path, or a file's URL, with the line and the column. */
const FRAME = /((?:file:\/\/)?(?:\/|[A-Za-z]:\\)[^\n()]*?):(\d+:\d+)/g;

/** This package's own code: `src`, or `dist`. */
const OURS = dirname(dirname(fileURLToPath(import.meta.url))) + sep;

const isUsers = (file: string): boolean =>
  !file.startsWith(OURS) && !file.includes(`${sep}node_modules${sep}`) && !file.startsWith('node:');
