import { InvalidData } from '../../errors.ts';
import { isList } from '../../values/lists.ts';
import { isPlain } from '../../values/rules.ts';
import { list, valueText } from '../../values/value-text.ts';
import type { Header, TakeLine } from './lines.ts';

/** The cells of a record by the names of their columns. */
export type Cells = ReadonlyMap<string, string>;

/**
 * Returns the cells of a record, as text. What is inside a member gets a column too: `wind.speed`, and `wind.0` of a list. Null and
 * undefined are empty cells, and a `Date` is written as `2012-12-31` or with its time in UTC. Throws an `InvalidData` for anything but an
 * object.
 */
export const cellsOf = (path: string, record: unknown, row: number): Cells => {
  if (!isPlain(record) && !isOtherRecord(record))
    throw new InvalidData(`${path}: expected an object in row ${row}, got ${valueText(record)}; give its members`);
  const cells = new Map<string, string>();
  const put = (name: string, value: unknown): void => {
    if (typeof value === 'object' && value !== null && !isDate(value))
      for (const [key, inner] of entriesOf(value)) put(name === '' ? key : `${name}.${key}`, inner);
    else cells.set(name, cellText(value));
  };
  put('', record);
  return cells;
};

/** Returns a value as the text of a cell. */
export const cellText = (value: unknown): string => {
  if (value === null || value === undefined) return '';
  if (isDate(value)) return Number.isNaN(value.getTime()) ? '' : dateText(value);
  return String(value).trim();
};

const dateText = (date: Date): string => {
  const text = date.toISOString();
  return text.endsWith('T00:00:00.000Z') ? text.slice(0, 10) : text;
};

/** Whether a value is a `Date`, of whatever realm. */
const isDate = (value: unknown): value is Date => Object.prototype.toString.call(value) === '[object Date]';

/** Whether a value is an object with members of its own class, such as a row of a database. */
const isOtherRecord = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !isList(value) && !isDate(value);

const entriesOf = (value: object): Iterable<readonly [string, unknown]> =>
  isList(value) ? Array.from(value, (one, i) => [`${i}`, one] as const) : Object.entries(value);

/**
 * Reads records that come in groups, each of which may be forgotten before the next. The header has the members of the first group, or
 * these columns. Throws an `InvalidData` for a row with other members.
 */
export const readGroups = async (
  path: string,
  groups: AsyncIterable<readonly unknown[]>,
  begin: (header: Header) => TakeLine,
  columns: Header = [],
): Promise<void> => {
  let [header, take, row]: [Header | undefined, TakeLine | undefined, number] = [undefined, undefined, 0];
  let known = new Set<string>();
  for await (const group of groups) {
    const all = group.map((record, i) => cellsOf(path, record, row + i + 1));
    if (header === undefined || take === undefined) {
      const found = new Set([...columns, ...all.flatMap((cells) => [...cells.keys()])]);
      // A list that the first rows lack is not a column of its own.
      header = [...found].filter((name) => !found.has(`${name}.0`));
      known = new Set(header);
      take = begin(header);
    }
    for (const cells of all) {
      row++;
      for (const [name, cell] of cells)
        if (!known.has(name) && cell !== '')
          throw new InvalidData(
            `${path}: expected the columns of the first rows (${list(header)}) in row ${row}, got also ${name}; give lists of equal lengths, and all members from the first row on`,
          );
      take(
        header.map((name) => cells.get(name) ?? ''),
        row,
      );
    }
  }
  if (header === undefined) throw new InvalidData(`${path}: expected rows of data, got none; give some`);
};
