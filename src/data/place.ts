import { InvalidData } from '../errors.ts';

/** The words for an example in a message: `example 17`, or `example 17 of test`. Examples count from 0, as arrays do. */
export const exampleOf = (index: number, part: string): string =>
  part === 'train' ? `example ${index}` : `example ${index} of ${part}`;

/** The error of one variable's value in one example. */
export const wrongValue = (name: string, index: number, part: string, what: string, remedy: string): InvalidData =>
  new InvalidData(`data: ${name} of ${exampleOf(index, part)} is ${what}; ${remedy}`);

/** A value as a message shows it: short, and text in quotes. */
export const quote = (value: unknown): string => {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (Array.isArray(value) || ArrayBuffer.isView(value)) return `an array of ${'length' in value ? value.length : 0}`;
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
};

/** Names as a message lists them, at most ten. */
export const list = (names: readonly string[]): string => {
  if (names.length === 0) return 'none';
  return names.length > 10 ? `${names.slice(0, 10).join(', ')}, …` : names.join(', ');
};
