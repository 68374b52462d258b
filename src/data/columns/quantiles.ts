import { inverseNormal } from '../../random.ts';
import { total, type Distinct } from './distinct.ts';

/**
 * How values of a column are mapped to normal scores and back: cell i reaches from edge i to edge i + 1, whose scores are scores i
 * and i + 1, and the map is linear in between. A score in cell i stands for the value `values[i]` + `rises[i]`·(score − score i).
 * `jitter` says how a value is spread when a batch is made: over its cell, by a number to both sides, or not at all.
 */
export interface Quantiles {
  readonly edges: readonly number[];
  readonly scores: readonly number[];
  readonly values: readonly number[];
  readonly rises: readonly number[];
  readonly jitter: 'cell' | number;
}

/** How many rows a distinct value has on average, at least, if a column is taken to hold no others. */
const ROWS_OF_A_VALUE = 2;
/** Values are sparse if only one in this number of those that their decimals allow occurs. */
const SPARSE = 20;
/** The least number of cells for values that are not distinguished, … */
const FEWEST = 16;

/**
 * Returns the map of a column by its empirical quantiles, in at most `most` cells. Of a column whose values occur again and again, scores
 * stand for these values only: a cell for each, or for the most frequent of neighbours if there are more of them than cells. Otherwise
 * cells hold about as many rows each, 2·√rows of them, and scores stand for all numbers between the least and the largest value. `step`
 * is the unit of the last decimal, 0 if there is none.
 */
export const quantilesOf = (column: Distinct, most: number, step: number): Quantiles => {
  const rows = total(column);
  const { values } = column;
  const recurs = rows >= ROWS_OF_A_VALUE * values.length;
  // Of many values with few decimals, rounding finds more than cells would hold.
  const isSparse = step === 0 || SPARSE * values.length * step < (values.at(-1) ?? 0) - (values[0] ?? 0);
  const isGrid = values.length === 1 || (recurs && (values.length <= most || isSparse));
  return isGrid ? grid(column, rows, most, step) : ranges(column, rows, most, step);
};

/** Returns a cell for each value, or for neighbours, which reaches halfway to the next. */
const grid = (column: Distinct, rows: number, most: number, step: number): Quantiles => {
  const cells = grouped(column, rows, most);
  const values = cells.map(mostFrequent);
  const inner = cells.slice(1).map((cell, i) => between(cells[i]?.values.at(-1) ?? 0, cell.values[0] ?? 0));
  const [first = 0, last = first] = [column.values[0], column.values.at(-1)];
  const half = step > 0 ? step / 2 : Math.max(Math.abs(first) / 2, 0.5);
  const edges = [
    first - (inner[0] === undefined ? half : inner[0] - first),
    ...inner,
    last + (inner.length === 0 ? half : last - (inner.at(-1) ?? last)),
  ];
  const scores = scoresOf(cells.map(total), rows);
  return padded({ edges, scores, values, rises: values.map(() => 0), jitter: 'cell' }, most);
};

const mostFrequent = ({ values, counts }: Distinct): number => values[counts.indexOf(Math.max(...counts))] ?? 0;

/** Returns cells of about as many rows each. */
const ranges = (column: Distinct, rows: number, most: number, step: number): Quantiles => {
  const { values } = column;
  const [first = 0, last = first] = [values[0], values.at(-1)];
  const cells = grouped(column, rows, Math.min(most, Math.max(FEWEST, Math.round(2 * Math.sqrt(rows)))));
  const inner = cells.slice(1).map((cell, i) => between(cells[i]?.values.at(-1) ?? 0, cell.values[0] ?? 0));
  const edges = [
    Math.min(Math.fround(first - step / 2), first),
    ...inner,
    Math.max(Math.fround(last + step / 2), last),
  ];
  const scores = scoresOf(cells.map(total), rows);
  const rises = cells.map(
    (_, i) => ((edges[i + 1] ?? 0) - (edges[i] ?? 0)) / ((scores[i + 1] ?? 0) - (scores[i] ?? 0)),
  );
  return padded({ edges, scores, values: edges.slice(0, -1), rises, jitter: step / 2 }, most, last);
};

/** Returns neighbours in at most `most` groups of about as many rows each; each by itself if there are no more of them. */
const grouped = (column: Distinct, rows: number, most: number): readonly Distinct[] => {
  const { values, counts } = column;
  const count = Math.min(most, values.length);
  const begins = [0];
  let sum = 0;
  for (let i = 0; i < values.length - 1; i++) {
    sum += counts[i] ?? 0;
    const left = count - begins.length;
    // A group is full, or no more values are left than groups.
    if (left > 0 && (sum >= (rows * begins.length) / count || values.length - 1 - i === left)) begins.push(i + 1);
  }
  return begins.map((from, i) => ({
    values: values.slice(from, begins[i + 1]),
    counts: counts.slice(from, begins[i + 1]),
  }));
};

/**
 * Returns the scores of the edges of cells with these numbers of rows: the standard normal's quantiles of the shares of rows below. A first or
 * last cell would reach to infinity: its outer edge is as far from the mean of a normal's tail as its inner one.
 */
const scoresOf = (counts: readonly number[], rows: number): readonly number[] => {
  if (counts.length === 1) return [-Math.sqrt(3), Math.sqrt(3)];
  let sum = 0;
  const inner = counts.slice(0, -1).map((count) => Math.fround(inverseNormal((sum += count) / rows)));
  return [
    outermost(inner[0] ?? 0, (counts[0] ?? 1) / rows),
    ...inner,
    -outermost(-(inner.at(-1) ?? 0), (counts.at(-1) ?? 1) / rows),
  ];
};

/** Returns the outer edge of the first cell, which holds this share of the rows below its inner edge. */
const outermost = (inner: number, share: number): number => Math.fround((-2 * density(inner)) / share - inner);

const density = (score: number): number => Math.exp(-(score * score) / 2) / Math.sqrt(2 * Math.PI);

/** Returns the float32 in the middle of two values, above the first. */
const between = (a: number, b: number): number => {
  const middle = Math.fround(a / 2 + b / 2);
  return middle > a ? middle : b;
};

/** Returns the same map in exactly `most` cells: those behind the last continue it, and map to the largest value. */
const padded = (map: Quantiles, most: number, largest = map.values.at(-1) ?? 0): Quantiles => {
  const missing = most - map.values.length;
  const on = (list: readonly number[]): readonly number[] => {
    const [before = 0, last = 0] = list.slice(-2);
    return [
      ...list,
      ...Array.from({ length: missing }, (_, i) => last + (i + 1) * Math.max(last - before, 1e-3 * Math.abs(last))),
    ];
  };
  const same = (list: readonly number[], value: number): readonly number[] => [
    ...list,
    ...Array.from({ length: missing }, () => value),
  ];
  return {
    ...map,
    edges: on(map.edges),
    scores: on(map.scores),
    values: same(map.values, largest),
    rises: same(map.rises, 0),
  };
};
