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
/** The least number of cells for values that are not told apart, … */
const FEWEST = 16;

/**
 * Returns the map of a column by its empirical quantiles, in at most `most` cells. A column of few values, each of which occurs again
 * and again, has a cell for each, and scores stand for these values only; otherwise cells hold about as many rows each, 2·√rows of
 * them, and scores stand for all numbers between the least and the largest value. `step` is the unit of the last decimal, 0 if there
 * is none.
 */
export const quantilesOf = (column: Distinct, most: number, step: number): Quantiles => {
  const rows = total(column);
  const { values } = column;
  const isGrid = values.length === 1 || (values.length <= most && rows >= ROWS_OF_A_VALUE * values.length);
  return isGrid ? grid(column, rows, most, step) : ranges(column, rows, most, step);
};

/** Returns a cell for each value, which reaches halfway to its neighbours. */
const grid = ({ values, counts }: Distinct, rows: number, most: number, step: number): Quantiles => {
  const inner = values.slice(1).map((value, i) => between(values[i] ?? value, value));
  const [first = 0, last = first] = [values[0], values.at(-1)];
  const half = step > 0 ? step / 2 : Math.max(Math.abs(first) / 2, 0.5);
  const edges = [
    first - (inner[0] === undefined ? half : inner[0] - first),
    ...inner,
    last + (inner.length === 0 ? half : last - (inner.at(-1) ?? last)),
  ];
  return padded({ edges, scores: scoresOf(counts, rows), values, rises: values.map(() => 0), jitter: 'cell' }, most);
};

/** Returns cells of about as many rows each. */
const ranges = (column: Distinct, rows: number, most: number, step: number): Quantiles => {
  const { values, counts } = column;
  const wanted = Math.min(most, values.length, Math.max(FEWEST, Math.round(2 * Math.sqrt(rows))));
  const [first = 0, last = first] = [values[0], values.at(-1)];
  const edges = [below(first - step / 2, first)];
  const cells: number[] = [];
  let [held, sum] = [0, 0];
  for (const [i, value] of values.entries()) {
    const next = values[i + 1];
    held += counts[i] ?? 0;
    sum += counts[i] ?? 0;
    // What is left over is shared among the cells that are left.
    const isFull = sum >= (rows * (cells.length + 1)) / wanted;
    if (next === undefined || (isFull && cells.length < wanted - 1)) {
      edges.push(next === undefined ? above(last + step / 2, last) : between(value, next));
      cells.push(held);
      held = 0;
    }
  }
  const scores = scoresOf(cells, rows);
  const rises = cells.map(
    (_, i) => ((edges[i + 1] ?? 0) - (edges[i] ?? 0)) / ((scores[i + 1] ?? 0) - (scores[i] ?? 0)),
  );
  return padded({ edges, scores, values: edges.slice(0, -1), rises, jitter: step / 2 }, most, last);
};

/**
 * Returns the scores of the edges of cells with so many rows: the standard normal's quantiles of the shares of rows below. A first or
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

/** Returns a float32 at most a number and below another, or the other if float32 has none close by. */
const below = (wanted: number, value: number): number => Math.min(Math.fround(wanted), value);
const above = (wanted: number, value: number): number => Math.max(Math.fround(wanted), value);

/** Returns the same map in exactly `most` cells: those behind the last go on as it does, and stand for the largest value. */
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
