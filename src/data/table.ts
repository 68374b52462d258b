import { InvalidData } from '../errors.ts';
import { readBytes } from './files.ts';
import { list } from '../values/tell.ts';

/** A cell's text, without the white space around it. */
export type Cell = string;

/** A CSV file's header and its lines, each with its number in the file, counted from 1. */
export interface Table {
  readonly header: readonly string[];
  readonly rows: readonly { readonly line: number; readonly cells: readonly Cell[] }[];
}

/** The cells of a CSV file (RFC 4180). Throws an `InvalidFile` or an `InvalidData` where there is no such table. */
export const readTable = async (path: string, delimiter: string): Promise<Table> => {
  const bytes = await readBytes(path, 'a CSV file', 'correct the path');
  const { parse } = await import('csv-parse/sync');
  let lines: readonly (readonly Cell[])[];
  const numbers: number[] = [];
  try {
    lines = parse(bytes, {
      bom: true,
      trim: true,
      delimiter,
      relax_column_count: true,
      skip_empty_lines: true,
      onRecord: (cells: string[], { lines }) => {
        numbers.push(lines);
        return cells;
      },
    });
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    throw new InvalidData(`${path}: expected CSV, got a file that cannot be read so (${what}); correct it`);
  }
  const [header = [], ...rest] = lines;
  if (header.length === 0) throw new InvalidData(`${path}: expected a header line, got an empty file; give one`);
  const twice = header.find((name, i) => header.indexOf(name) !== i);
  if (twice !== undefined)
    throw new InvalidData(`${path}: expected each column once, got ${twice} twice; rename one in the header`);
  const rows = rest.map((cells, i) => ({ line: numbers[i + 1] ?? 0, cells }));
  const uneven = rows.find(({ cells }) => cells.length !== header.length);
  if (uneven !== undefined)
    throw new InvalidData(
      `${path}: expected ${header.length} cells in line ${uneven.line} (${list(header)}), got ${uneven.cells.length}; correct the line or the delimiter`,
    );
  return { header, rows };
};
