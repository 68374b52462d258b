import { isMissing, NONE_WORD } from '../data/table/missing.ts';
import type { Header, TakeLine } from '../data/table/lines.ts';
import { numeralReader, THOUSANDS, withoutSign, type NumberFormat } from '../data/table/numerals.ts';
import { isNumeral } from '../values/classes.ts';

/** What the cells of a column are. */
export interface Column {
  readonly name: string;
  readonly rows: number;
  readonly missing: number;
  /** A word that is missing and may be a class, with the number of rows that have it: None, or NA next to codes of countries. */
  readonly word?: { readonly text: string; readonly count: number };
  /** Words between its numbers, such as unknown, that stand for missing ones, with the number of rows that have them; its values lack them. */
  readonly marks?: ReadonlyMap<string, number>;
  /** How often each of its values occurs: of the first 10,000 different ones. */
  readonly values: ReadonlyMap<string, number>;
  /** Whether there are more different values than that. */
  readonly isWide: boolean;
  /** If all cells with a value are numbers. */
  readonly numbers?: NumberSummary;
}

/** The numbers of a column. */
export interface NumberSummary {
  readonly least: number;
  readonly most: number;
  readonly mean: number;
  readonly deviation: number;
  readonly areWhole: boolean;
  /** Whether each is one more than the one before. */
  readonly areCounting: boolean;
  /** The value that most rows have. */
  readonly commonest: number;
  /** A number that often stands for a missing one, such as -999, if it is far from all others. */
  readonly sentinel?: string;
  /** The sign that all have, of a currency or of a share. */
  readonly sign?: string;
}

/** How `csv` reads a file, where that is not as by default. */
export interface ReadOptions extends Partial<NumberFormat> {
  readonly delimiter?: string;
  readonly encoding?: string;
}

/** A table: how its file is read, and what its columns are. */
export interface Survey {
  readonly path: string;
  readonly source: 'csv' | 'json' | 'parquet' | 'arrow';
  /** The options with which `csv` reads it, other than its defaults. */
  readonly options: ReadOptions;
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
/** The ways in which numbers may be written, the usual one first. */
const FORMATS: readonly Omit<NumberFormat, 'signs'>[] = (['.', ','] as const).flatMap((decimal) => [
  { decimal },
  ...THOUSANDS.filter((thousands) => thousands !== decimal).map((thousands) => ({ decimal, thousands })),
]);
const READERS = FORMATS.map((format) => numeralReader(format));
const ALL = 2 ** FORMATS.length - 1;
/** Numbers that are the same in all formats. */
const DIGITS = /^[+-]?\d+$/;
/** What may be a number with signs between or around its digits. */
const NUMERIC = /^[^a-z\d]*\d[^a-z]*$/i;

/** The most different words that a column of numbers has, and the most different numbers that are classes next to words. */
const [MARKS, FEW_NUMBERS] = [3, 12];

/** Numbers that files have in place of missing ones. */
const SENTINEL = /^-?(99|999|9999|99999)(\.0+)?$/;

/** Returns in which formats text is a number, a bit for each. */
const formatsOf = (text: string): number =>
  DIGITS.test(text) ? ALL : READERS.reduce((bits, read, i) => (isNumeral(read(text)) ? bits | (1 << i) : bits), 0);

/** Returns the most frequent value, with how often it occurs. */
export const mostOf = (values: ReadonlyMap<string, number>): readonly [value: string, count: number] =>
  [...values].reduce((best, one) => (one[1] > best[1] ? one : best), ['', 0]);

/** The code of a country, and what R writes for a missing value. */
const NAMIBIA = 'NA';

/** Counts what is in a column. */
class Cells {
  readonly name: string;
  readonly values = new Map<string, number>();
  missing = 0;
  nones = 0;
  nas = 0;
  isWide = false;
  /** In which formats all of its cells are numbers. */
  formats = ALL;
  /** The sign that all of its numbers have; '' if they have none, undefined without a number. */
  sign: string | undefined;
  /** Words that are a number in no format. */
  readonly marks = new Map<string, number>();
  readonly moments = {
    least: Infinity,
    most: -Infinity,
    sum: 0,
    squares: 0,
    count: 0,
    whole: true,
    counting: true,
    last: NaN,
  };

  readonly #numeral: (cell: string) => string;

  constructor(name: string, numeral: (cell: string) => string) {
    this.name = name;
    this.#numeral = numeral;
  }

  take(cell: string): void {
    if (isMissing(cell, new Set())) {
      this.missing++;
      if (cell === NONE_WORD) this.nones++;
      if (cell === NAMIBIA) this.nas++;
      return;
    }
    const before = this.values.get(cell);
    if (before !== undefined || this.values.size < MOST) this.values.set(cell, (before ?? 0) + 1);
    else this.isWide = true;
    if (this.formats === 0) return;
    if (!/\d/.test(cell)) return this.#mark(cell);
    if (!DIGITS.test(cell)) this.#narrow(cell);
    else if ((this.sign ??= '') !== '') this.formats = 0;
    const value = Number(this.#numeral(cell));
    const own = this.moments;
    own.least = Math.min(own.least, value);
    own.most = Math.max(own.most, value);
    own.sum += value;
    own.squares += value * value;
    own.count++;
    own.whole &&= Number.isInteger(value);
    own.counting &&= own.count === 1 || value === own.last + 1;
    own.last = value;
  }

  /** Leaves the formats in which this cell is a number too. */
  #narrow(cell: string): void {
    const [text, sign] = (isNumeral(cell) ? undefined : NUMERIC.test(cell) && withoutSign(cell)) || [cell, ''];
    this.formats = (this.sign ??= sign) === sign ? this.formats & formatsOf(text) : 0;
  }

  /** Counts a word, of which a column of numbers has few. */
  #mark(cell: string): void {
    this.marks.set(cell, (this.marks.get(cell) ?? 0) + 1);
    if (this.marks.size > MARKS) this.formats = 0;
  }

  /** Whether its cells are numbers in a format, except for words that most rows do not have; a few different numbers may be classes as words are. */
  areNumbers(format: number): boolean {
    const { formats, marks, moments, values } = this;
    if ((formats & (1 << format)) === 0 || moments.count === 0) return false;
    return marks.size === 0 || (values.size - marks.size > FEW_NUMBERS && this.#marked() < moments.count);
  }

  #marked(): number {
    return [...this.marks.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Returns the number that stands for missing ones, if there is one. */
  #sentinel(values: ReadonlyMap<string, number>): string | undefined {
    return [...values.keys()].find((cell) => {
      if (!SENTINEL.test(cell)) return false;
      const value = Number(this.#numeral(cell));
      const others = [...values.keys()].map((one) => Number(this.#numeral(one))).filter((one) => one !== value);
      const [least, most] = [
        others.reduce((a, b) => Math.min(a, b), Infinity),
        others.reduce((a, b) => Math.max(a, b), -Infinity),
      ];
      return Math.max(least - value, value - most) > 2 * (most - least) && most > least;
    });
  }

  /** Returns the word among the missing cells that may be a class: None, or NA next to other codes of countries. */
  #word(): Column['word'] {
    if (this.nones > 0) return { text: NONE_WORD, count: this.nones };
    const areCodes = this.values.size >= 5 && [...this.values.keys()].every((cell) => /^[A-Z]{2}$/.test(cell));
    return areCodes && this.nas > 0 ? { text: NAMIBIA, count: this.nas } : undefined;
  }

  column(rows: number, format: number, signs: readonly string[]): Column {
    const { name, marks, isWide, sign } = this;
    const word = this.#word();
    const isKnown = sign === undefined || sign === '' || signs.includes(sign);
    const isNumber = isKnown && this.areNumbers(format);
    const isMarked = isNumber && marks.size > 0;
    const values = isMarked ? new Map([...this.values].filter(([cell]) => !marks.has(cell))) : this.values;
    const missing = this.missing + (isMarked ? this.#marked() : 0);
    const { least, most, sum, squares, count, whole, counting } = this.moments;
    const mean = sum / count;
    const sentinel = isNumber ? this.#sentinel(values) : undefined;
    const numbers = {
      least,
      most,
      mean,
      deviation: Math.sqrt(Math.max(0, squares / count - mean * mean)),
      areWhole: whole,
      areCounting: counting && missing === 0,
      commonest: Number(this.#numeral(mostOf(values)[0])),
      ...(sign !== undefined && sign !== '' && { sign }),
      ...(sentinel !== undefined && { sentinel }),
    };
    return {
      name,
      rows,
      missing,
      ...(word && { word }),
      ...(isMarked && { marks }),
      values,
      isWide,
      ...(isNumber && { numbers }),
    };
  }
}

/** Counts what is in each column of a table whose numbers are written in a format: text as usual, until its `format` is known. */
export class Tally {
  rows = 0;
  readonly #format: NumberFormat;
  #cells: readonly Cells[] = [];

  constructor(format: NumberFormat = { decimal: '.' }) {
    this.#format = format;
  }

  readonly begin = (header: Header): TakeLine => {
    const numeral = numeralReader(this.#format);
    this.rows = 0;
    this.#cells = header.map((name) => new Cells(name, numeral));
    return (cells) => {
      this.rows++;
      for (const [i, column] of this.#cells.entries()) column.take(cells[i] ?? '');
    };
  };

  /**
   * Returns the format in which most columns are numbers, the usual one if there are several: where commas separate cells that is the one
   * with a point, and elsewhere the one with a comma if there are numbers with commas.
   */
  format(delimiter: string): NumberFormat {
    const order = FORMATS.map((_, i) => i).filter((i) => i === 0 || delimiter === ',' || FORMATS[i]?.decimal === ',');
    const rest = FORMATS.map((_, i) => i).filter((i) => !order.includes(i));
    const count = (i: number): number => this.#numbers(i).length;
    const best = [...order, ...rest].reduce((before, i) => (count(i) > count(before) ? i : before));
    const signs = [...new Set(this.#numbers(best).flatMap(({ sign }) => (sign ? [sign] : [])))];
    return { ...(FORMATS[best] ?? { decimal: '.' }), ...(signs.length > 0 && { signs }) };
  }

  #numbers(format: number): readonly Cells[] {
    return this.#cells.filter((cells) => cells.areNumbers(format));
  }

  /** Returns what the columns are, in the format of the tally. */
  columns(): readonly Column[] {
    const { decimal, thousands, signs = [] } = this.#format;
    const format = FORMATS.findIndex((one) => one.decimal === decimal && one.thousands === thousands);
    return this.#cells.map((cells) => cells.column(this.rows, format, signs));
  }
}

/** Whether numbers are written as usual. */
export const isUsual = ({ decimal, thousands, signs = [] }: NumberFormat): boolean =>
  decimal === '.' && thousands === undefined && signs.length === 0;

/** Returns a format as options of `csv`. */
export const formatOptions = ({ decimal, thousands, signs }: NumberFormat): Partial<NumberFormat> => ({
  ...(decimal === ',' && { decimal }),
  ...(thousands !== undefined && { thousands }),
  ...(signs !== undefined && { signs }),
});
