import { readFileSync } from 'node:fs';
import { createRequire, SourceMap, type SourceMapPayload } from 'node:module';
import { dirname, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { createJiti as CreateJitiFunction } from 'jiti';
import { isError } from '../errors.ts';

/** A position in a user's file: the line and the column, from 1, in the form that editors open: `9:12`. */
export interface Place {
  readonly file: string;
  readonly line: string;
}

/** The frames of this package, and of the program that loads definitions, that may be above a user's own. */
const FRAMES = 60;

/** Runs what calls a user's code. Its errors keep enough frames for `placeOf` to find that code. */
export const keepingFrames = async <T>(run: () => T | Promise<T>): Promise<T> => {
  const usual = Error.stackTraceLimit;
  Error.stackTraceLimit = Math.max(FRAMES, usual);
  try {
    return await run();
  } finally {
    Error.stackTraceLimit = usual;
  }
};

/**
 * Returns the position in a user's code at which an error was thrown, or at which the code cannot be parsed; undefined if it is
 * unknown.
 */
export function placeOf(error: unknown, folder: string): Place | undefined {
  if (!isError(error)) return undefined;
  const isParsed = !error.message.startsWith('ParseError');
  const text = isParsed ? (error.stack ?? '') : error.message;
  const frames = [...text.matchAll(FRAME)].flatMap(([, path = '', line = '']) => {
    const file = path.startsWith('file:') ? fileURLToPath(path) : path;
    return isUsers(file) ? [{ file, line }] : [];
  });
  const place = frames.find(({ file }) => file.startsWith(folder + sep)) ?? frames[0];
  return place && isParsed ? asWritten(place) : place;
}

/**
 * Returns a position in the code that jiti has made of a file as the one in the file: types are left out of that code, imports come first,
 * and calls of what they import are longer.
 */
const asWritten = (place: Place): Place => {
  // Bun runs the file itself.
  if ('Bun' in globalThis) return place;
  const [row = 1, column = 1] = place.line.split(':').map(Number);
  const code = transformed(place.file);
  const [, map] = /sourceMappingURL=data:application\/json;charset=utf-8;base64,(\S+)/.exec(code) ?? [];
  if (map === undefined) return place;
  // What babel writes is such a map.
  const payload = JSON.parse(Buffer.from(map, 'base64').toString()) as SourceMapPayload;
  const entry = new SourceMap(payload).findEntry(row - 1, column - 1);
  return 'originalLine' in entry ? { ...place, line: `${entry.originalLine + 1}:${entry.originalColumn + 1}` } : place;
};

/** Returns the code that jiti makes of a file, with a map; '' if it no longer can. */
const transformed = (file: string): string => {
  try {
    // Only an error takes this, and where it is thrown nothing can be awaited.
    const { createJiti } = createRequire(import.meta.url)('jiti') as {
      readonly createJiti: typeof CreateJitiFunction;
    };
    const ts = file.endsWith('ts');
    const source = readFileSync(file, 'utf8');
    return createJiti(file, { sourceMaps: true }).transform({ source, filename: file, ts, async: true });
  } catch {
    return '';
  }
};

/** An absolute path, or a file's URL, with the line and the column. */
const FRAME = /((?:file:\/\/)?(?:\/|[A-Za-z]:\\)[^\n()]*?):(\d+:\d+)/g;

/** This package's own code: `src`, or `dist`. */
const OURS = dirname(dirname(fileURLToPath(import.meta.url))) + sep;

const isUsers = (file: string): boolean =>
  !file.startsWith(OURS) && !file.includes(`${sep}node_modules${sep}`) && !file.startsWith('node:');
