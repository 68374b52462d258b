import { extname } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { writeWhole } from '../files/whole.ts';
import { note, type Io } from './io.ts';

/** A number, a text or numbers: in CSV a column for each. */
export type Cell = number | string | null | readonly (number | string | null)[];

/** A line of a result: its members in JSON, its columns in CSV. */
export type Line = Readonly<Record<string, Cell>>;

/** An array as `.npy` has it. */
export interface NpyArray {
  readonly data: Float32Array | Float64Array | Int32Array;
  readonly shape: readonly number[];
}

/** A result in the formats of files. */
export interface Results {
  readonly lines: () => readonly Line[];
  readonly npy: () => NpyArray;
  /** A PNG file; for results that are pictures. */
  readonly png?: () => Uint8Array;
}

/** Returns a reader of the option `--out`: a name with one of these endings. */
export const outFile =
  (...endings: readonly string[]) =>
  (path: string): string => {
    if (endings.includes(extname(path))) return path;
    throw new InvalidArgumentError(
      `Expected a name that ends in ${endings.slice(0, -1).join(', ')} or ${endings.at(-1)}.`,
    );
  };

/** Writes a result in the format of a file's ending, or as JSON lines to standard output if there is no file. */
export const writeResults = async (io: Io, out: string | undefined, what: string, results: Results): Promise<void> => {
  if (out === undefined) return void io.stdout.write(jsonLines(results.lines()));
  await writeWhole(out, await contentOf(extname(out), results));
  note(io, `${what}: ${out}`);
};

// What writes the formats is loaded when it is needed: a command's help needs none of it.
const contentOf = async (ending: string, { lines, npy, png }: Results): Promise<string | Uint8Array> => {
  if (ending === '.csv') return csvOf(lines());
  if (ending === '.npy') return (await import('../data/encode-npy.ts')).npyOf(npy());
  return ending === '.png' && png ? png() : jsonLines(lines());
};

/** Returns an object of JSON for each line. */
const jsonLines = (lines: readonly Line[]): string => lines.map((line) => `${JSON.stringify(line)}\n`).join('');

/** Returns a header, and a line of CSV for each: several numbers of one name are the columns `name_1`, `name_2`, …. */
const csvOf = async (lines: readonly Line[]): Promise<string> => {
  const { cellText } = await import('../values/drawn-rows.ts');
  const header = Object.entries(lines[0] ?? {}).flatMap(([name, cell]) =>
    Array.isArray(cell) ? cell.map((_, i) => `${name}_${i + 1}`) : [name],
  );
  const rows = lines.map((line) => Object.values(line).flat());
  return [header, ...rows].map((cells) => `${cells.map((value) => cellText(value ?? '')).join(',')}\n`).join('');
};
