import { nameFor } from '../making/text.ts';
import { listColumns } from '../data/table/list-columns.ts';
import type { Variables } from '../data/variable.ts';
import { own } from '../values/own.ts';

/**
 * Returns the column of a table that a variable is: the one of its name, or one whose name `init` has changed to it, as `US Gross` to
 * `US_Gross`; undefined if there is none.
 */
export const columnFor = (variable: string, header: readonly string[]): string | undefined =>
  header.includes(variable) ? variable : header.find((column) => nameFor(column, new Set()) === variable);

/**
 * Returns the columns of variables that are not called as they are, for a table with this header: those that the model has recorded, unless
 * the table lacks one, and those of `columnFor`. A file of the data that the model was trained on and one of its own samples can both be
 * read by this.
 */
export const columnsFor = (
  variables: Variables,
  recorded: Readonly<Record<string, readonly string[]>>,
  header: readonly string[],
): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(
    Object.entries(variables).flatMap(([name, { maskOf, dataShape }]) => {
      if (maskOf !== undefined) return [];
      const known = own(recorded, name);
      if (known?.every((column) => header.includes(column))) return [[name, known] as const];
      const column = known === undefined || known.length === 1 ? columnFor(name, header) : undefined;
      if (column !== undefined) return column === name ? [] : [[name, [column]] as const];
      // The elements of a list.
      if (listColumns(name, dataShape, header)) return [];
      return known === undefined ? [] : [[name, known] as const];
    }),
  );
