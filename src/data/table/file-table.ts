import { basename } from 'node:path';
import { rule } from '../../values/rules.ts';
import { PATH, reading } from '../options.ts';
import { pathOf } from '../path.ts';
import type { Table } from '../source.ts';
import type { Header, TakeLine } from './lines.ts';
import { checkTableOptions, TABLE_OPTIONS, type TableOptions } from './options.ts';
import { lazily, type TableFile } from './read-table.ts';
import { shownRows } from './shown-rows.ts';

/** Reads a file: `begin` receives the header and returns what takes the rows. */
export type ReadRows = (path: string, begin: (header: Header) => TakeLine) => Promise<void>;

/** Returns the function of this name that reads a file as a table for a definition, with the options of every table. */
export const fileTable = (
  where: string,
  read: ReadRows,
): ((path: string | URL, options?: TableOptions) => Promise<Table>) =>
  reading(
    where,
    // What all tables share checks the options.
    { args: [PATH, rule('options', () => true)] },
    async (path: string | URL, options: TableOptions = {}): Promise<Table> => {
      checkTableOptions(where, options, TABLE_OPTIONS);
      return lazily(tableFile(where, read, pathOf(path)), options);
    },
  );

/** Returns a file whose format says itself how it is read. */
export const tableFile = (where: string, read: ReadRows, path: string): TableFile => ({
  where,
  path,
  name: basename(path),
  unit: 'row',
  decimal: '.',
  rows: shownRows(path, (begin) => read(path, begin)),
});
