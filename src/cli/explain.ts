import { dirname, relative, resolve } from 'node:path';
import { InvalidModel, isError, isUserError } from '../errors.ts';
import { placeOf, type Place } from './place.ts';

/**
 * An error that a user's code threw, as one sentence with the place in that code: where something (`a definition that
 * loads`) was expected of the definition at `path`. A sentence of ours passes through, with the place.
 */
export function explained(error: unknown, path: string, expected: string): Error {
  const place = placeOf(error, dirname(resolve(path)));
  if (isUserError(error)) {
    if (place !== undefined) error.message += ` (${shown(place)})`;
    return error;
  }
  const where = place === undefined ? path : shown(place);
  return new InvalidModel(`${where}: expected ${expected}, got ${brief(error)}; mend it there`);
}

/** A value that is not what was expected, in a few words. */
export const described = (value: unknown): string =>
  typeof value === 'object' && value !== null ? 'another object' : `${typeof value} ${String(value).slice(0, 40)}`;

/** A place as a terminal makes it a link: relative where it is below the working folder. */
const shown = ({ file, line }: Place): string => {
  const path = relative('', file);
  return `${path.startsWith('..') ? file : path}:${line}`;
};

/** An error in a line. */
const brief = (error: unknown): string => {
  if (!isError(error)) return `a thrown ${described(error)}`;
  const [line = ''] = error.message.split('\n');
  return error.name === 'Error' ? line.trim() : `${error.name}: ${line.trim()}`;
};
