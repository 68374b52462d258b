import { extname } from 'node:path';
import { rule } from '../values/rules.ts';
import { PATH, reading } from './options.ts';
import { pathOf } from './path.ts';
import type { Table } from './source.ts';
import { checkTableOptions, TABLE_OPTIONS, type TableOptions } from './table/options.ts';
import { lazily } from './table/read-table.ts';
import { readRecords } from './table/records.ts';

/** Options, which are checked by what all tables share. */
const anything = rule('options', () => true);

/**
 * Reads a table from a JSON file, a list of objects, or from JSON lines (`.jsonl`, `.ndjson`), an object a line. A definition's names
 * are the members; what is inside one is `wind.speed`, and a list is a variable of several numbers. `null`, and a member that is not
 * there, is a missing value. Throws an `InvalidFile` or an `InvalidData` that names the row, when the data are used.
 *
 * @example
 * ```ts
 * import { json } from 'cvae-compile/data';
 *
 * export const data = json('days.jsonl', { columns: { y: ['rain', 'wind.speed'] }, test: 0.1 });
 * ```
 */
export const json = reading(
  'json',
  { args: [PATH, anything] },
  async (path: string | URL, options: TableOptions = {}): Promise<Table> => {
    checkTableOptions('json', options, TABLE_OPTIONS);
    const file = pathOf(path);
    const lines = ['.jsonl', '.ndjson'].includes(extname(file).toLowerCase());
    const rows = (begin: Parameters<typeof readRecords>[2]): Promise<void> => readRecords(file, lines, begin);
    return lazily({ where: 'json', path: file, unit: 'row', decimal: '.', rows }, options);
  },
);
