import { basename } from 'node:path';
import { InvalidData } from '../errors.ts';
import type { Column, Dataset, Examples } from './dataset.ts';
import { list } from '../values/tell.ts';
import { withScaling } from './scaling.ts';
import { split } from './split.ts';
import { readTable, type Cell, type Table } from './table.ts';

/**
 * What a variable is in a table: classes, named by the column's distinct values in order or by a list; one number; several
 * numbers, of several columns. Without `column`, the column is called as the variable.
 */
export type CsvVariable =
  | 'categorical'
  | 'continuous'
  | { readonly column?: string; readonly classes: 'sorted' | readonly string[] }
  | { readonly column: string }
  | { readonly columns: readonly string[] };

/** Which columns of a CSV file are what. */
export interface CsvOptions {
  /** The conditions by name. */
  readonly condition?: Readonly<Record<string, CsvVariable>>;
  /** The columns of numbers that make up y, in order; or a variable, such as `{ column: 'species', classes: 'sorted' }`. */
  readonly target: string | readonly string[] | Exclude<CsvVariable, string>;
  /** Fractions of the lines, drawn by the seed, to test and validate on; none unless said. */
  readonly test?: number;
  readonly validation?: number;
  readonly seed?: number;
  /** The sign between cells; a comma unless said. */
  readonly delimiter?: string;
  /** Whether a line that lacks a value (an empty cell, NA, NaN, null, ?) is an error, which is the default, or left out. */
  readonly missing?: 'error' | 'skip';
}

/**
 * A dataset from a CSV file with a header. Its columns stay in their own units; the mean and standard deviation of the
 * continuous ones, on the part to train on, are its `scaling`. Throws an `InvalidFile` where the file cannot be read and an
 * `InvalidData` that names the line where a value is missing or wrong.
 */
export const csv = async (path: string, options: CsvOptions): Promise<Dataset> => {
  const table = await readTable(path, options.delimiter ?? ',');
  const plan = planOf(options);
  const used = [...new Set(plan.flatMap(({ columns }) => columns))];
  for (const column of used) {
    if (!table.header.includes(column))
      throw new InvalidData(
        `${path}: expected a column ${column}, got ${list(table.header)}; correct the name in csv(…) or the header`,
      );
  }
  const rows = table.rows.filter((row) => checkMissing(path, row.line, row.cells, table, used, options.missing));
  if (rows.length === 0) throw new InvalidData(`${path}: expected lines of data, got none; give a file with some`);
  const complete = { ...table, rows };
  const columns = plan.map((item) => [item.name, columnOf(path, item, complete)] as const);
  const parts = partsOf({ count: rows.length, columns: Object.fromEntries(columns) }, options);
  const continuous = plan.filter(({ classes }) => classes === undefined).map(({ name }) => name);
  return withScaling({ name: basename(path), ...parts }, continuous);
};

interface Item {
  readonly name: string;
  readonly columns: readonly string[];
  readonly shape: readonly number[];
  readonly classes?: 'sorted' | readonly string[];
}

const planOf = ({ condition = {}, target }: CsvOptions): readonly Item[] => {
  const y = typeof target === 'string' ? [target] : target;
  return [
    ...Object.entries(condition).map(([name, variable]) => itemOf(name, variable)),
    'length' in y ? { name: 'y', columns: y, shape: [y.length] } : itemOf('y', y),
  ];
};

const itemOf = (name: string, variable: CsvVariable): Item => {
  if (variable === 'categorical') return { name, columns: [name], shape: [], classes: 'sorted' };
  if (variable === 'continuous') return { name, columns: [name], shape: [1] };
  if ('columns' in variable) return { name, columns: variable.columns, shape: [variable.columns.length] };
  const columns = [variable.column ?? name];
  return 'classes' in variable
    ? { name, columns, shape: [], classes: variable.classes }
    : { name, columns, shape: [1] };
};

const MISSING = new Set(['', 'na', 'n/a', 'nan', 'null', '?']);

/** Whether a line has all its values; throws where one is missing and that is an error. */
const checkMissing = (
  path: string,
  line: number,
  cells: readonly Cell[],
  { header }: Table,
  used: readonly string[],
  missing: 'error' | 'skip' = 'error',
): boolean => {
  const lacking = used.find((column) => MISSING.has((cells[header.indexOf(column)] ?? '').toLowerCase()));
  if (lacking === undefined) return true;
  if (missing === 'skip') return false;
  const cell = cells[header.indexOf(lacking)] ?? '';
  throw new InvalidData(
    `${path}: line ${line} lacks ${lacking}${cell === '' ? '' : ` (${cell})`}; fill it in, or leave such lines out with { missing: 'skip' }`,
  );
};

const columnOf = (path: string, { columns, shape, classes }: Item, { header, rows }: Table): Column => {
  const at = columns.map((column) => header.indexOf(column));
  if (classes !== undefined) {
    const cells = rows.map((row) => row.cells[at[0] ?? 0] ?? '');
    const names = classes === 'sorted' ? [...new Set(cells)].sort() : classes;
    const data = Int32Array.from(cells, (cell, i) => {
      const index = names.indexOf(cell);
      if (index >= 0) return index;
      throw new InvalidData(
        `${path}: ${columns[0]} in line ${rows[i]?.line} is "${cell}"; write one of ${list(names)}, or name that class too`,
      );
    });
    return { shape, data, scale: 1, classes: names };
  }
  const data = new Float32Array(rows.length * columns.length);
  rows.forEach(({ cells, line }, row) =>
    at.forEach((index, i) => {
      const value = Number(cells[index]);
      if (!Number.isFinite(Math.fround(value)))
        throw new InvalidData(
          `${path}: ${columns[i]} in line ${line} is "${cells[index]}", not a number; correct it, or make the column categorical`,
        );
      data[row * at.length + i] = value;
    }),
  );
  return { shape, data, scale: 1 };
};

const partsOf = (all: Examples, { test, validation, seed = 0 }: CsvOptions): Omit<Dataset, 'name'> => {
  const [rest, tested] = test ? split(all, test, seed) : [all];
  // A fraction of all lines, as the one to test on is.
  const [train, validated] = validation ? split(rest, (validation * all.count) / rest.count, seed) : [rest];
  return { train, ...(validated ? { validation: validated } : {}), ...(tested ? { test: tested } : {}) };
};
