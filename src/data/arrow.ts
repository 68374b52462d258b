import { readArrow } from './table/arrow-rows.ts';
import { fileTable } from './table/file-table.ts';

/**
 * Reads a table from an Arrow or Feather file, batch by batch. A definition's names are the columns; what is inside a structure is
 * `wind.speed`, a list is a variable of several numbers, and dates are text such as `2012-12-31`, for `monthOf` and others. Throws an
 * `InvalidFile` or an `InvalidData` that names the row, and an `Unavailable` if the optional package `apache-arrow` is not installed,
 * when the data are used.
 *
 * @example
 * ```ts
 * import { arrow } from 'cvae-compile/data';
 *
 * export const data = arrow('days.arrow', { columns: { y: ['rain', 'wind'] }, test: 0.1 });
 * ```
 */
export const arrow = fileTable('arrow', readArrow);
