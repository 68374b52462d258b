import { readParquet } from './table/parquet-rows.ts';
import { fileTable } from './table/file-table.ts';

/**
 * Reads a table from a Parquet file, row group by row group. A definition's names are the columns; what is inside a structure is
 * `wind.speed`, a list is a variable of several numbers, and dates are text such as `2012-12-31`, for `monthOf` and others. Throws an
 * `InvalidFile` or an `InvalidData` that names the row, when the data are used.
 *
 * @example
 * ```ts
 * import { parquet } from 'cvae-compile/data';
 *
 * export const data = parquet('days.parquet', { columns: { y: ['rain', 'wind'] }, test: 0.1 });
 * ```
 */
export const parquet = fileTable('parquet', readParquet);
