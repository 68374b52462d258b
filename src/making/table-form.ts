import { InvalidData } from '../errors.ts';
import { isNumeral } from '../values/classes.ts';
import { list } from '../values/value-text.ts';
import type { Known } from './kinds.ts';

/**
 * Refuses what is no table with a header: a first line that is a title, or a row like the others, and columns between which are spaces only.
 *
 * @throws InvalidData that says how to make it one.
 */
export const checkForm = (path: string, columns: readonly Known[]): void => {
  if (isRow(columns))
    throw new InvalidData(
      `${path}: expected the names of the columns in the first line, got ${list(columns.map(({ name }) => name))}, a row like all others; write a line with names above it`,
    );
  const nameless = columns.filter(({ name, rows, missing }) => name === '' && missing < rows);
  const titles = columns.flatMap(({ name }) => (name === '' ? [] : [name]));
  if (nameless.length > Math.max(1, titles.length))
    throw new InvalidData(
      `${path}: expected the names of the columns in the first line, got ${list(titles)}, and none for ${nameless.length} columns that have values; delete the lines above the names`,
    );
  const [only, ...more] = columns;
  if (only && more.length === 0 && isSpaced(only))
    throw new InvalidData(
      `${path}: expected a comma, a semicolon, a tab or a bar between columns, got spaces: ${only.name}; write commas in place of them`,
    );
};

/** Whether all names are what is below them: numbers in its range, dates, or classes of it. Years and pixels, 1, 2, 3, …, are names. */
const isRow = (columns: readonly Known[]): boolean => {
  const isValue = ({ name, numbers, values, is }: Known): boolean | undefined => {
    if (numbers) {
      const { least, most } = numbers;
      const beyond = (most - least) / 2;
      return isNumeral(name) && Number(name) >= least - beyond && Number(name) <= most + beyond;
    }
    if (is.kind === 'dates') return /\d/.test(name);
    // What differs in each row may be any text.
    return is.kind === 'classes' ? values.has(name) : undefined;
  };
  const named = columns.filter(({ name }) => name !== '');
  const found = named.map(isValue);
  const numerals = named.filter(({ name }) => isNumeral(name)).map(({ name }) => Number(name));
  const areRising = numerals.every((value, i) => Number.isInteger(value) && value > (numerals[i - 1] ?? -Infinity));
  const isCertain = named.some(({ name, numbers }, i) => found[i] === true && !(numbers && isNumeral(name)));
  return !found.includes(false) && found.includes(true) && (isCertain || !areRising);
};

/** Whether all cells of a column are as many words as its name; short ones that repeat are classes, unless they have numbers. */
const isSpaced = ({ name, values, is }: Known): boolean => {
  const words = (text: string): readonly string[] => text.split(/\s+/);
  const { length } = words(name);
  const cells = [...values.keys()].map(words);
  return (
    length > 1 &&
    cells.every((cell) => cell.length === length) &&
    (is.kind === 'none' || cells.every((cell) => cell.some((word) => isNumeral(word))))
  );
};
