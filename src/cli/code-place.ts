import { dirname, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isError } from '../errors.ts';

/** A position in a user's file: the line and the column, from 1, in the form that editors open: `9:12`. */
export interface Place {
  readonly file: string;
  readonly line: string;
}

/**
 * Returns the position in a user's code at which an error was thrown, or at which the code cannot be parsed; undefined if it is
 * unknown.
 */
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
