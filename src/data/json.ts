import { fileTable } from './table/file-table.ts';
import { readJson } from './table/records.ts';

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
export const json = fileTable('json', readJson);
