import type { ColumnTables } from '../dsl/column-tables.ts';
import type { Tensor } from '../dsl/tensor.ts';
import { exp, log, square } from './activations.ts';
import { add, div, maximum, minimum, mul, sub } from './arithmetic.ts';
import { clip } from './elementary.ts';
import { concat, slice } from './concat.ts';
import { entry, lookUp } from './look-up.ts';
import { sumLast } from './reduce.ts';
import { repeatAt } from './repeat-at.ts';
import { erf, nearest } from './staircase.ts';
import { where } from './where.ts';

/** Returns tables side by side, as the last axis. */
const besides = (first: Tensor, ...rest: readonly Tensor[]): Tensor => {
  const widened = (x: Tensor): Tensor<number[]> => repeatAt(x, x.shape.length, 1) as Tensor<number[]>;
  return concat<number[], number[][]>(widened(first), ...rest.map(widened)) as Tensor;
};

const starts = (edges: Tensor): Tensor => edges.pipe(slice(0, (edges.shape.at(-1) ?? 0) - 1));
const ends = (edges: Tensor): Tensor => edges.pipe(slice(1, edges.shape.at(-1) ?? 0));
/** The edges between cells: the outer cells reach to infinity. */
const between = (edges: Tensor): Tensor => edges.pipe(slice(1, (edges.shape.at(-1) ?? 0) - 1));

/** The slope of a cell is not 0, whatever float32 made of its edges. */
const LEAST = 1e-37;

/** A normal score, and the logarithm of the map's slope there: by how much log p changes. */
export interface Scored {
  readonly score: Tensor;
  readonly logSlope: Tensor;
}

/** Returns the normal score of each element of y. */
export const toScores = (y: Tensor, { edges, scores }: ColumnTables): Scored => {
  const slopes = div(sub(ends(scores), starts(scores)), sub(ends(edges), starts(edges)));
  const cells = besides(starts(edges), starts(scores), slopes, log(maximum(slopes, LEAST)));
  const own = lookUp(y, between(edges), cells);
  const along = mul(sub(y, entry(own, 0)), entry(own, 2));
  return { score: add(entry(own, 1), along), logSlope: entry(own, 3) };
};

/** Returns the value that the column has at a score: within its range, with its decimals, or one of its values. */
export const fromScores = (score: Tensor, { scores, values, rises, form }: ColumnTables): Tensor => {
  const own = lookUp(score, between(scores), besides(starts(scores), values, rises));
  const value = add(entry(own, 1), mul(sub(score, entry(own, 0)), entry(own, 2)));
  const power = formOf(form, 2);
  const rounded = div(nearest(mul(value, power)), maximum(power, 1));
  return minimum(maximum(where(power, rounded, value), formOf(form, 0)), formOf(form, 1));
};

/** Returns one of the numbers of `form`: one for each element. */
export const formOf = (form: Tensor, index: number): Tensor => entry(form, index);

/**
 * Returns the mean of the values of scores from a normal distribution: in each cell the part of a linear function of it, by the
 * distribution function and the density at both edges. It leaves the rounding to decimals out.
 */
export const meanOfScores = (
  mean: Tensor,
  deviation: Tensor,
  { scores, values, rises, form }: ColumnTables,
): Tensor => {
  const count = scores.shape.at(-1) ?? 0;
  const axis = mean.shape.length;
  const every = (x: Tensor, cells: number): Tensor => repeatAt(x, axis, cells);
  // Farther away the distribution function is 0 or 1 in float32, and the density 0.
  const away = clip(-10, 10)(div(sub(scores, every(mean, count)), every(deviation, count)));
  const below = mul(add(erf(mul(away, Math.SQRT1_2)), 1), 0.5);
  const density = mul(exp(mul(square(away), -0.5)), 1 / Math.sqrt(2 * Math.PI));
  const inside = sub(ends(below), starts(below));
  const atStart = add(values, mul(rises, sub(every(mean, count - 1), starts(scores))));
  const bent = mul(mul(rises, every(deviation, count - 1)), sub(starts(density), ends(density)));
  const within = sumLast(add(mul(atStart, inside), bent));
  const beyond = add(mul(entry(below, 0), formOf(form, 0)), mul(sub(1, entry(below, count - 1)), formOf(form, 1)));
  return add(within, beyond);
};
