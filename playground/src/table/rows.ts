import { size } from '../../../src/shape/size.ts';
import type { Manifest, SampledRows } from '../../../src/signature.ts';
import { conditionsOf, type Values } from '../condition/values.ts';

/** Rows of the data, by variable: the numbers of each, row after row, NaN for what is missing. */
export interface DataRows {
  /** Where they come from: `weather, train`. */
  readonly source: string;
  readonly count: number;
  /** How many there are in all. */
  readonly of: number;
  readonly columns: ReadonlyMap<string, Float64Array>;
}

/** The rows in a model's folder; none if their file is of another form. JSON has null for what is missing. */
export const dataRows = (rows: SampledRows | undefined): DataRows | undefined => {
  if (rows === undefined || rows.count < 2) return undefined;
  const columns = Object.entries(rows.columns).map(([name, list]): [string, Float64Array] => [
    name,
    Float64Array.from(list as readonly (number | null)[], (value) => value ?? NaN), // as JSON has it, which is not read by its schema
  ]);
  return { source: rows.source, count: rows.count, of: rows.of, columns: new Map(columns) };
};

/** One element of a variable in all rows, or in some of them. */
export const elementOf = (
  rows: DataRows,
  name: string,
  place: number,
  which?: readonly number[],
): readonly number[] => {
  const all = rows.columns.get(name);
  if (all === undefined) return [];
  const width = all.length / rows.count;
  const at = (row: number): number => all[row * width + place] ?? NaN;
  return which ? which.map(at) : Array.from({ length: rows.count }, (_, row) => at(row));
};

/** The rows whose conditions are like those that are given; or all rows, if no condition leaves any out, or if too few are like them. */
export interface Alike {
  readonly rows: readonly number[];
  readonly which: 'like' | 'all' | 'too few';
}

/** Fewer rows than this say little of a distribution, … */
const FEW = 8;

/** … so numbers may be farther away until there are this many: */
const ENOUGH = 30;

/** the parts of all rows that are taken as near in a number. */
const NEAR = [0.15, 0.25, 0.4, 0.6, 1];

/**
 * The rows that are like given conditions: of the same classes, and near in each number, as near as leaves thirty of them; `except` is a
 * condition that may be anything. All rows where fewer than eight are left.
 */
export const alike = (manifest: Manifest, rows: DataRows, values: Values, except?: string): Alike => {
  const every = Array.from({ length: rows.count }, (_, row) => row);
  const given = conditionsOf(manifest).flatMap(([name, condition]) => {
    const value = values[name];
    return name === except || value === undefined || !rows.columns.has(name) ? [] : [{ name, condition, value }];
  });
  const classes = given.reduce((kept: readonly number[], { name, value }) => {
    if (value.kind !== 'class') return kept;
    const all = elementOf(rows, name, 0);
    return kept.filter((row) => all[row] === value.index);
  }, every);
  let kept = classes;
  for (const near of NEAR) {
    kept = classes;
    for (const { name, condition, value } of given)
      for (let place = 0; value.kind === 'numbers' && place < size(condition.dataShape); place++)
        kept = nearest(kept, elementOf(rows, name, place), value.numbers[place] ?? 0, near * rows.count);
    if (kept.length >= ENOUGH) break;
  }
  if (kept.length < FEW) return { rows: every, which: 'too few' };
  return { rows: kept, which: kept.length === rows.count ? 'all' : 'like' };
};

/** Those of some rows whose number is no farther from a value than that of the `count` nearest of all rows. */
const nearest = (kept: readonly number[], numbers: readonly number[], to: number, count: number): readonly number[] => {
  const distances = numbers.map((number) => Math.abs(number - to)).filter((one) => !Number.isNaN(one));
  const limit = distances.sort((a, b) => a - b)[Math.floor(Math.min(count, distances.length - 1))] ?? Infinity;
  return kept.filter((row) => Math.abs((numbers[row] ?? NaN) - to) <= limit);
};
