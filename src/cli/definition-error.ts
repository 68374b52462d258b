import { dirname, relative, resolve } from 'node:path';
import { InvalidModel, isError, isUserError, lineOf } from '../errors.ts';
import { valueText } from '../values/value-text.ts';
import { placeOf, type Place } from './code-place.ts';

/** The endings of a definition's file. */
export const DEFINITION_ENDINGS = ['.ts', '.mts', '.js', '.mjs'];

/**
 * Explains an error that a user's code threw, as one sentence with the position in that code, when something (`a definition that
 * loads`) was expected of the definition at `path`. A sentence of this package is kept, with the position added.
 */
export function definitionError(error: unknown, path: string, expected: string): Error {
  const place = placeOf(error, dirname(resolve(path)));
  if (isUserError(error)) {
    if (place !== undefined) error.message += ` (${shown(place)})`;
    return error;
  }
  const where = place === undefined ? path : shown(place);
  return new InvalidModel(
    `${where}: expected ${expected}, got ${isError(error) ? lineOf(error).trim() : `a thrown ${valueText(error)}`}; correct it there`,
  );
}

/** Returns a position in a form that terminals make a link: relative if it is below the working folder. */
const shown = ({ file, line }: Place): string => {
  const path = relative('', file);
  return `${path.startsWith('..') ? file : path}:${line}`;
};
