import { isMissing } from '../data/table/missing.ts';
import type { Header, TakeLine } from '../data/table/lines.ts';
import { isNumeral } from '../values/classes.ts';

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

/** Returns the separator that a header has most of, outside of quotes. */
export const delimiterOf = (header: string, usual: string): string => {
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
export class Tally {
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
