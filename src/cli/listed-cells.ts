import { InvalidData } from '../errors.ts';
import type { Header } from '../data/table/lines.ts';
import { flatColumns, listColumns } from '../data/table/list-columns.ts';
import { isMissing } from '../data/table/missing.ts';
import type { TableFile } from '../data/table/read-table.ts';
import type { Variable, Variables } from '../data/variable.ts';
import { size } from '../shape/size.ts';
import { own } from '../values/own.ts';
import { received } from '../values/value-text.ts';
import { columnFor } from './named-columns.ts';

/** A column whose cells are lists, and the columns of their elements. */
interface Listed {
  readonly place: number;
  readonly name: string;
  readonly columns: readonly string[];
}

/**
 * Returns a table with a column for each element of conditions that it has as lists in one cell, `"0.5,21"`, as samples are written:
 * `start.0`, `start.1` for `start`.
 */
export const withListedCells = (
  file: TableFile,
  variables: Variables,
  recorded: Readonly<Record<string, readonly string[]>>,
): TableFile => ({
  ...file,
  rows: (begin) =>
    file.rows((header) => {
      const listed = Object.entries(variables).flatMap(([name, variable]) =>
        listedIn(header, name, variable, own(recorded, name)),
      );
      const take = begin([...header, ...listed.flatMap(({ columns }) => columns)]);
      if (listed.length === 0) return take;
      return (cells, line) =>
        take([...cells, ...listed.flatMap((one) => elementsOf(file, one, cells[one.place] ?? '', line))], line);
    }),
});

/** Returns the column that a condition of several values is a list in, unless the table has one for each of them. */
const listedIn = (
  header: Header,
  name: string,
  { dataShape, distribution, kind, maskOf }: Variable,
  recorded: readonly string[] | undefined,
): readonly Listed[] => {
  // Samples have a column for each number of a target, and none for images.
  if (distribution !== undefined || kind === 'image' || maskOf !== undefined || size(dataShape) === 1) return [];
  const column = columnFor(name, header);
  if (column === undefined || listColumns(name, dataShape, header)) return [];
  if (recorded?.every((each) => header.includes(each))) return [];
  return [{ place: header.indexOf(column), name, columns: flatColumns(name, dataShape) }];
};

const elementsOf = (
  { path, unit }: TableFile,
  { name, columns }: Listed,
  cell: string,
  line: number | string,
): readonly string[] => {
  if (isMissing(cell, new Set())) return columns.map(() => '');
  const parts = cell.split(',').map((part) => part.trim());
  if (parts.length === columns.length) return parts;
  throw new InvalidData(
    `${path}, ${unit} ${line}: expected ${columns.length} values of ${name}, separated by commas, got ${received(cell)}; write all of them, or if the table has a row for each step of a sequence, give the definition, whose data puts them together: --data model.ts`,
  );
};
