import { basename, extname } from 'node:path';
import { InvalidData, isUserError } from '../../errors.ts';
import { readArrow } from '../../data/table/arrow-rows.ts';
import type { ReadRows } from '../../data/table/file-table.ts';
import { readParquet } from '../../data/table/parquet-rows.ts';
import { isMissing } from '../../data/table/missing.ts';
import { decoded } from '../../data/table/decoded.ts';
import { readLines, type Header, type TakeLine } from '../../data/table/lines.ts';
import { readRecords } from '../../data/table/records.ts';
import { isNumeral } from '../../values/classes.ts';

/** What the cells of a column are. */
export interface Column {
  readonly name: string;
  readonly rows: number;
  readonly missing: number;
  /** How often each of its values occurs: of the first 10,000 different ones. */
  readonly values: ReadonlyMap<string, number>;
  /** Whether there are more different values than that. */
  readonly isWide: boolean;
  /** If all cells with a value are numbers. */
  readonly numbers?: Numbers;
}

/** The numbers of a column. */
export interface Numbers {
  readonly least: number;
  readonly most: number;
  readonly mean: number;
  readonly areWhole: boolean;
  /** Whether each is one more than the one before. */
  readonly areCounting: boolean;
}

/** A table: how its file is read, and what its columns are. */
export interface Survey {
  readonly path: string;
  readonly source: 'csv' | 'json' | 'parquet' | 'arrow';
  /** The options with which `csv` reads it, other than its defaults. */
  readonly options: Readonly<Record<string, string>>;
  readonly rows: number;
  readonly columns: readonly Column[];
}

/** The formats that say themselves how they are read. */
const KNOWN: readonly {
  readonly source: Survey['source'];
  readonly endings: readonly string[];
  readonly read: ReadRows;
}[] = [
  { source: 'json', endings: ['.json'], read: (path, begin) => readRecords(path, false, begin) },
  { source: 'json', endings: ['.jsonl', '.ndjson'], read: (path, begin) => readRecords(path, true, begin) },
  { source: 'parquet', endings: ['.parquet', '.pq'], read: readParquet },
  { source: 'arrow', endings: ['.arrow', '.arrows', '.feather', '.ipc'], read: readArrow },
];

/** Reads a table once, and returns what its columns are. @throws InvalidFile or InvalidData if it is none. */
export async function survey(path: string): Promise<Survey> {
  const ending = extname(path).toLowerCase();
  const known = KNOWN.find(({ endings }) => endings.includes(ending));
  if (known) {
    const tally = new Tally();
    await known.read(path, tally.begin);
    return { path, source: known.source, options: {}, rows: tally.rows, columns: tally.columns('.') };
  }
  if (['.npy', '.npz'].includes(ending))
    throw new InvalidData(
      `${path}: expected a table or a folder of pictures, got arrays of NumPy, which say nothing of what they are; write a definition, with data = npz('${basename(path)}') or npy(…)`,
    );
  const first = await firstLine(path, undefined);
  const encoding = first === undefined ? 'windows-1252' : undefined;
  const header = first ?? (await firstLine(path, encoding)) ?? '';
  const usual = ['.tsv', '.tab'].includes(ending) ? '\t' : ',';
  const delimiter = delimiterOf(header, usual);
  const tally = new Tally();
  const read = (label: string | undefined) => readLines(path, { delimiter, encoding: label }, tally.begin);
  const used = await read(encoding).then(
    () => encoding,
    async (error: unknown) => {
      // Bytes that are no UTF-8 are those of an older Windows.
      if (encoding !== undefined || !isUserError(error) || !error.message.includes('expected UTF-8')) throw error;
      await read('windows-1252');
      return 'windows-1252';
    },
  );
  const decimal = tally.decimal(delimiter);
  return {
    path,
    source: 'csv',
    options: {
      ...(delimiter !== usual && { delimiter }),
      ...(decimal === ',' && { decimal }),
      ...(used !== undefined && { encoding: used }),
    },
    rows: tally.rows,
    columns: tally.columns(decimal),
  };
}

/** Returns the first line with text; undefined if it is in another encoding. */
const firstLine = async (path: string, encoding: string | undefined): Promise<string | undefined> => {
  let text = '';
  try {
    for await (const piece of decoded(path, encoding)) {
      text += piece;
      if (/\S[^\n]*\n/.test(text)) break;
    }
  } catch (error) {
    if (encoding === undefined && isUserError(error) && error.message.includes('expected UTF-8')) return undefined;
    throw error;
  }
  return /\S[^\r\n]*/.exec(text)?.[0] ?? '';
};

/** Returns the separator that a header has most of, outside of quotes. */
const delimiterOf = (header: string, usual: string): string => {
  const plain = header.replaceAll(/"[^"]*"/g, '');
  const count = (sign: string): number => plain.split(sign).length;
  return [usual, ';', '\t', '|', ','].reduce((best, sign) => (count(sign) > count(best) ? sign : best));
};

const MOST = 10_000;
const COMMA = /^[+-]?\d+,\d+$/;
const THOUSANDS = /^[+-]?\d{1,3}(,\d{3})+$/;

/** Counts what is in a column. */
class Cells {
  readonly name: string;
  readonly values = new Map<string, number>();
  missing = 0;
  isWide = false;
  points = 0;
  commas = 0;
  thousands = 0;
  others = 0;
  readonly moments = { least: Infinity, most: -Infinity, sum: 0, count: 0, whole: true, counting: true, last: NaN };

  constructor(name: string) {
    this.name = name;
  }

  take(cell: string): void {
    if (isMissing(cell, new Set())) {
      this.missing++;
      return;
    }
    const before = this.values.get(cell);
    if (before !== undefined || this.values.size < MOST) this.values.set(cell, (before ?? 0) + 1);
    else this.isWide = true;
    const hasComma = COMMA.test(cell);
    if (!isNumeral(cell) && !hasComma) {
      this.others++;
      return;
    }
    if (hasComma) this.commas++;
    if (THOUSANDS.test(cell)) this.thousands++;
    if (cell.includes('.')) this.points++;
    const value = Number(cell.replace(',', '.'));
    const own = this.moments;
    own.least = Math.min(own.least, value);
    own.most = Math.max(own.most, value);
    own.sum += value;
    own.count++;
    own.whole &&= Number.isInteger(value);
    own.counting &&= own.count === 1 || value === own.last + 1;
    own.last = value;
  }

  column(rows: number, decimal: '.' | ','): Column {
    const { name, missing, values, isWide } = this;
    const isNumber = this.others === 0 && missing < rows && (decimal === ',' ? this.points : this.commas) === 0;
    const { least, most, sum, count, whole, counting } = this.moments;
    const numbers = { least, most, mean: sum / count, areWhole: whole, areCounting: counting && missing === 0 };
    return { name, rows, missing, values, isWide, ...(isNumber && { numbers }) };
  }
}

/** Counts what is in each column of a table. */
class Tally {
  rows = 0;
  #cells: readonly Cells[] = [];

  readonly begin = (header: Header): TakeLine => {
    this.rows = 0;
    this.#cells = header.map((name) => new Cells(name));
    return (cells) => {
      this.rows++;
      for (const [i, column] of this.#cells.entries()) column.take(cells[i] ?? '');
    };
  };

  /** Returns the decimal sign: a comma if a column of numbers has some that are not for thousands. */
  decimal(delimiter: string): '.' | ',' {
    const withCommas = this.#cells.filter(({ others, commas, points }) => others === 0 && commas > 0 && points === 0);
    return withCommas.some(({ commas, thousands }) => thousands < commas || delimiter !== ',') ? ',' : '.';
  }

  columns(decimal: '.' | ','): readonly Column[] {
    return this.#cells.map((cells) => cells.column(this.rows, decimal));
  }
}
