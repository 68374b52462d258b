import { size } from '../../shape/size.ts';
import type { Shape } from '../../shape/shape.ts';
import type { Header } from './lines.ts';

/** The columns of a list's elements, `name.0`, `name.1`, …, in the order of its rows. */
export const flatColumns = (name: string, shape: Shape): readonly string[] =>
  Array.from({ length: size(shape) }, (_, i) => `${name}.${i}`);

/**
 * Returns the columns of a list of this shape in a table whose rows had lists, as those of JSON do: `name.0`, `name.1`, …, or `name.0.0`,
 * `name.0.1`, … of lists in a list; undefined if the table has neither.
 */
export const listColumns = (name: string, shape: Shape, header: Header): readonly string[] | undefined => {
  const nested = shape.reduce<readonly string[]>(
    (columns, length) => columns.flatMap((column) => flatColumns(column, [length])),
    [name],
  );
  return [flatColumns(name, shape), nested].find((columns) => columns.every((column) => header.includes(column)));
};

/** Whether columns are the elements of a list of this name. */
export const areOfList = (name: string, columns: readonly string[]): boolean =>
  columns.every((column) => column.startsWith(`${name}.`) && /^(\.\d+)+$/.test(column.slice(name.length)));
