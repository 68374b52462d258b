import type { Header, TakeLine } from '../data/table/line-reader.ts';
import { isMissing } from '../data/table/missing.ts';

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
