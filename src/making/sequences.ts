import type { Header, TakeLine } from '../data/table/line-reader.ts';
import { isMissing } from '../data/table/missing.ts';
import type { Known } from './kinds.ts';

/** The most steps that a definition is written with; longer sequences lose the rest. */
export const MOST_STEPS = 100;

/** What the rows of a long table are, put together by a column. */
export interface Sequences {
  /** The columns that all rows of a sequence share. */
  readonly by: readonly string[];
  /** The column by which they are sorted; undefined if they stay in their order. */
  readonly orderBy?: string;
  readonly count: number;
  readonly shortest: number;
  readonly longest: number;
  /** The columns of which a sequence has one value. */
  readonly constant: ReadonlySet<string>;
  /** The columns that say in which order rows are: of different values in each sequence, which can be sorted. */
  readonly orders: readonly string[];
}

/** A sequence so far. */
interface Course {
  rows: number;
  readonly first: readonly string[];
  readonly values: readonly Set<string>[];
}

/** Numbers, and dates that are sorted as text. */
const SORTED = /^([+-]?\d+(\.\d*)?|\d{4}-\d{2}(-\d{2}([T ].*)?)?|\d{8})$/;

/** Puts the rows of a long table together, to see how long sequences are, and what changes within them. */
export class Courses {
  readonly #by: readonly string[];
  readonly #courses = new Map<string, Course>();
  readonly #varying = new Set<string>();
  readonly #unordered = new Set<string>();
  #header: Header = [];

  constructor(by: readonly string[]) {
    this.#by = by;
  }

  readonly begin = (header: Header): TakeLine => {
    this.#header = header;
    const keys = this.#by.map((column) => header.indexOf(column));
    return (cells) => {
      const key = JSON.stringify(keys.map((at) => cells[at] ?? ''));
      const course = this.#courses.get(key);
      if (course) course.rows++;
      else this.#courses.set(key, { rows: 1, first: cells, values: header.map(() => new Set()) });
      const { first, values } = course ?? this.#courses.get(key) ?? { first: cells, values: [] };
      for (const [i, column] of header.entries()) {
        const cell = cells[i] ?? '';
        if (cell !== (first[i] ?? '')) this.#varying.add(column);
        if (this.#unordered.has(column)) continue;
        if (values[i]?.has(cell) === true || isMissing(cell, NONE) || !SORTED.test(cell)) this.#unordered.add(column);
        else values[i]?.add(cell);
      }
    };
  };

  /** Returns what the sequences are, sorted by a column if one is given. */
  sequences(orderBy?: string): Sequences {
    const lengths = [...this.#courses.values()].map(({ rows }) => rows);
    const named = this.#header.filter((column) => column !== '' && !this.#by.includes(column));
    return {
      by: this.#by,
      ...(orderBy !== undefined && { orderBy }),
      count: lengths.length,
      shortest: lengths.reduce((a, b) => Math.min(a, b), Infinity),
      longest: lengths.reduce((a, b) => Math.max(a, b), 0),
      constant: new Set(this.#header.filter((column) => column !== '' && !this.#varying.has(column))),
      orders: named.filter((column) => this.#varying.has(column) && !this.#unordered.has(column)),
    };
  }
}

const NONE: ReadonlySet<string> = new Set();

/** Names of columns that say when a row was. */
const WHEN =
  /(^|[^a-z])(t|i|n|time|date|timestamp|when|year|month|week|day|hour|minute|second|step|index|order|position|seq\w*)([^a-z]|$)/i;

/** Returns the column by which rows are sorted, if exactly one of those that could is named as a time or a place in an order. */
export const orderIn = (orders: readonly string[]): string | undefined => {
  const [first, ...others] = orders.filter((column) => WHEN.test(column));
  return others.length === 0 ? first : undefined;
};

/**
 * Returns columns of which those that put rows together, or sort them, are not for a model. One of several that put them together may be a
 * condition: a table by `job` and `sex` has many sequences of each sex. With parts of dates, one of these may be a condition as well: the
 * weekday of the days of a log.
 */
export const withoutKeys = (
  columns: readonly Known[],
  { by, orderBy }: Sequences,
  withParts = false,
): readonly Known[] =>
  columns.map((column) => {
    if (withParts && column.is.kind === 'dates') return column;
    const [only] = by.length === 1 ? by : [];
    const why =
      column.name === only
        ? 'the rows of a sequence share it'
        : column.name === orderBy
          ? 'the rows of a sequence are sorted by it'
          : undefined;
    return why === undefined ? column : { ...column, is: { kind: 'none', why } };
  });

/** Says how many rows sequences have: `4 to 9`. */
export const lengthsText = ({ shortest, longest }: Pick<Sequences, 'shortest' | 'longest'>): string =>
  shortest === longest ? `${longest}` : `${shortest} to ${longest}`;

/** Whether a column has a value in each row of a sequence, and not the same in all. */
export const canBeDrawn = ({ name, missing }: Known, { constant }: Sequences): boolean =>
  !constant.has(name) && missing === 0;

/** Whether a column has one value for a sequence, or one in each of its rows. */
export const canBeGiven = ({ name, missing }: Known, { constant }: Sequences): boolean =>
  constant.has(name) || missing === 0;

/** Returns the columns by which the rows of a table could be put together: several rows share each of their values. */
export const keysIn = (columns: readonly Known[]): readonly string[] =>
  columns.flatMap(({ name, rows, missing, values, isWide }) =>
    name !== '' && missing === 0 && values.size > 1 && (isWide || values.size < rows) ? [name] : [],
  );

/**
 * Returns the column by which the rows of a table seem to belong together: there is another by which the rows of each of its values can be
 * sorted, and which is named as a time or a place in an order.
 */
export const keyOf = (
  columns: readonly Known[],
  sequencesOf: (keys: readonly string[]) => readonly Sequences[],
): string | undefined => {
  const keys = keysIn(columns);
  const candidates = columns.filter(({ name, rows, values, numbers, is }) => {
    const isName = is.kind !== 'dates' && (numbers === undefined || KEY.test(name));
    return keys.includes(name) && isName && values.size >= FEW && rows >= 2 * values.size;
  });
  const tried = candidates.slice(0, MOST_TRIED).map(({ name }) => name);
  if (tried.length === 0) return undefined;
  return sequencesOf(tried).find(({ orders }) => orderIn(orders) !== undefined)?.by[0];
};

/** Names of columns whose numbers say what a row belongs to. */
const KEY = /(^|[^a-z])(id|key|uuid|nr|no|number)$|[a-z]Id$/i;
/** Fewer sequences than this are none that a model could learn from. */
const FEW = 10;
/** Each keeps the values of all sequences. */
const MOST_TRIED = 3;
