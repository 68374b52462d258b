import type { Coded } from './table.ts';

/** What a column of numbers that was drawn has, and what the data do not: shares of rows. */
export interface ColumnScore {
  /** Outside the range of the rows trained on. */
  readonly outside: number;
  /** With more decimals than the rows trained on have. */
  readonly decimals: number;
  /** Exactly 0, and the same of the rows trained on. */
  readonly zeros: number;
  readonly zerosOfData: number;
}

/** Returns the impossible values of each column of numbers that is not given. */
export const impossibleIn = (
  train: Coded,
  drawn: Coded,
  given: readonly string[],
): Readonly<Record<string, ColumnScore>> =>
  Object.fromEntries(
    [...train.columns].flatMap(([name, { values, levels }]) => {
      const own = drawn.columns.get(name)?.values;
      if (levels || !own || given.includes(name)) return [];
      return [[name, scoreOf(present(values), present(own))] as const];
    }),
  );

const present = (values: Float64Array): Float64Array => values.filter((value) => !Number.isNaN(value));

const scoreOf = (data: Float64Array, drawn: Float64Array): ColumnScore => {
  const [low, high] = [
    data.reduce((a, b) => Math.min(a, b), Infinity),
    data.reduce((a, b) => Math.max(a, b), -Infinity),
  ];
  const digits = decimalsOf(data);
  const share = (values: Float64Array, is: (value: number) => boolean): number =>
    values.length === 0 ? 0 : values.filter(is).length / values.length;
  // Drawn values are float32: what differs by less than its precision is the same.
  const near = (value: number): number => 1e-6 * Math.max(1, Math.abs(value));
  const isFiner = (value: number): boolean =>
    Math.abs(Math.round(value * 10 ** digits) / 10 ** digits - value) > near(value);
  return {
    outside: share(drawn, (value) => value < low - near(low) || value > high + near(high)),
    decimals: digits > MOST ? 0 : share(drawn, isFiner),
    zeros: share(drawn, (value) => value === 0),
    zerosOfData: share(data, (value) => value === 0),
  };
};

/** A column with more decimals than this is not rounded. */
const MOST = 4;

const decimalsOf = (values: Float64Array): number => {
  for (let digits = 0; digits <= MOST; digits++)
    if (
      values.every(
        (value) =>
          Math.abs(Math.round(value * 10 ** digits) / 10 ** digits - value) <= 1e-6 * Math.max(1, Math.abs(value)),
      )
    )
      return digits;
  return MOST + 1;
};

/**
 * Returns the share of drawn rows with two classes that no row trained on has together, of pairs of columns of which one is drawn at
 * least; undefined if there is no such pair.
 */
export const unseenPairs = (train: Coded, drawn: Coded, given: readonly string[]): number | undefined => {
  const classes = [...train.columns].filter(([, { levels }]) => levels);
  const pairs = classes.flatMap(([first, a], i) =>
    classes.slice(i + 1).flatMap(([second, b]) => {
      if (given.includes(first) && given.includes(second)) return [];
      return [{ first, second, known: new Set(a.values.map((value, row) => value * PAIR + (b.values[row] ?? 0))) }];
    }),
  );
  if (pairs.length === 0) return undefined;
  const isUnseen = (row: number): boolean =>
    pairs.some(({ first, second, known }) => {
      const of = (name: string) => drawn.columns.get(name)?.values[row] ?? 0;
      return !known.has(of(first) * PAIR + of(second));
    });
  return Array.from({ length: drawn.rows }, (_, row) => row).filter(isUnseen).length / drawn.rows;
};

const PAIR = 2 ** 20;
