import { InvalidData } from '../errors.ts';

/** Returns the words for an example in a message: `example 17`, or `example 17 of test`. Examples count from 0, as arrays do. */
export const exampleOf = (index: number, part: string): string =>
  part === 'train' ? `example ${index}` : `example ${index} of ${part}`;

/** Returns the beginning of a message about the element at an index of a variable. */
export const placeOf =
  (name: string, size: number, part: string) =>
  (place: number): string =>
    `data: ${name}${size === 1 ? '' : `[${place}]`}${part === 'train' ? '' : ` of ${part}`}`;

/** Returns the error for one variable's value in one example. */
export const wrongValue = (name: string, index: number, part: string, what: string, remedy: string): InvalidData =>
  new InvalidData(`data: ${name} of ${exampleOf(index, part)} is ${what}; ${remedy}`);

/** What to do about a value that is missing. */
export const MISSING = 'fill it in, leave the example out, or define the variable with { mask: true }';
