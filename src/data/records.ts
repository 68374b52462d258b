import { rule } from '../values/rules.ts';
import { isIterable } from './data-forms.ts';
import { taking } from './options.ts';
import type { Table } from './source.ts';
import type { Header, TakeLine } from './table/lines.ts';
import { checkTableOptions, TABLE_OPTIONS, type TableOptions } from './table/options.ts';
import { lazily } from './table/read-table.ts';
import { readGroups } from './table/record-cells.ts';

/** Rows as objects, at once or one by one: a list, the result of a query, a generator. */
export type Records = Iterable<object> | AsyncIterable<object>;

const CALL = {
  args: [
    rule(
      'rows of a table, or a function that returns them,',
      (value) => typeof value === 'function' || isIterable(value),
      'give a list of objects',
    ),
    rule('options', () => true),
  ],
};

/**
 * Makes a table of rows that a program has or gets one by one, with the options of files: columns that are renamed or computed, parts,
 * missing values. A number, text, truth value, `Date` or null is a cell; what is inside a member is `wind.speed`. A generator can be
 * read once: give the function, so that the data can be used again.
 *
 * @example
 * ```ts
 * import { monthOf, records } from 'cvae-compile/data';
 *
 * const days = [
 *   { date: new Date('2012-12-31'), rain: 1.5 },
 *   { date: new Date('2013-01-01'), rain: null },
 * ];
 * export const data = records(days, { columns: { y: 'rain' }, derive: { month: ({ date }) => monthOf(date) } });
 * ```
 */
export const records = taking(
  'records',
  CALL,
  (rows: Records | (() => Records | Promise<Records>), options: TableOptions = {}): Table => {
    checkTableOptions('records', options, TABLE_OPTIONS);
    const read = async (begin: (header: Header) => TakeLine): Promise<void> =>
      readGroups('records', groupsOf(await (typeof rows === 'function' ? rows() : rows)), begin);
    return lazily({ where: 'records', path: 'records', name: 'records', unit: 'row', decimal: '.', rows: read }, options);
  },
);

/** This many rows show which columns there are. */
const FIRST = 1000;

async function* groupsOf(rows: Records): AsyncGenerator<readonly object[]> {
  let group: object[] = [];
  for await (const row of rows) {
    group.push(row);
    if (group.length < FIRST) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}
