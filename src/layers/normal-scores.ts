import { constant } from '../dsl/leaves.ts';
import type { ColumnTables } from '../dsl/column-tables.ts';
import type { Tensor } from '../dsl/tensor.ts';
import { exp, log, square } from './activations.ts';
import { add, div, maximum, minimum, mul, sub } from './arithmetic.ts';
import { clip } from './elementary.ts';
import { concat, slice } from './concat.ts';
import { sumLast } from './reduce.ts';
import { repeatAt } from './repeat-at.ts';
import { atLeast, erf, nearest } from './staircase.ts';
import { where } from './where.ts';

/** The tables by which a column is mapped to normal scores and back: `Quantiles` of `data/columns`, for each element. */
type Map = Pick<ColumnTables, 'edges' | 'scores' | 'values' | 'rises' | 'form'>;

/** A number beyond every edge, whose difference to another is still one that float32 holds. */
const FAR = 1e38;

/** Returns 1 for the cell that holds x, otherwise 0: [...shape, cells]. The outer cells reach to infinity. */
const cellOf = (x: Tensor, edges: Tensor): Tensor => {
  const axis = x.shape.length;
  const inner = edges.pipe(slice(1, (edges.shape.at(-1) ?? 0) - 1));
  const end = (value: number): Tensor => constant([...x.shape, 1], value);
  const all = repeatAt(x, axis, (edges.shape.at(-1) ?? 0) - 1);
  return sub(atLeast(all, joined(end(-FAR), inner)), atLeast(all, joined(inner, end(FAR))));
};

const joined = (a: Tensor, b: Tensor): Tensor =>
  concat<number[], [number[]]>(a as Tensor<number[]>, b as Tensor<number[]>);

/** Returns the entry of a table in each element's cell, exactly. */
const entryOf = (cell: Tensor, table: Tensor): Tensor => sumLast(mul(cell, table));

const starts = (edges: Tensor): Tensor => edges.pipe(slice(0, (edges.shape.at(-1) ?? 0) - 1));
const ends = (edges: Tensor): Tensor => edges.pipe(slice(1, edges.shape.at(-1) ?? 0));

/** The slope of a cell is not 0, whatever float32 made of its edges. */
const LEAST = 1e-37;

/** Returns the normal score of each element of y, and the logarithm of the map's slope there: by how much log p changes. */
export const toScores = (y: Tensor, { edges, scores }: Map): { readonly score: Tensor; readonly logSlope: Tensor } => {
  const cell = cellOf(y, edges);
  const slopes = div(sub(ends(scores), starts(scores)), sub(ends(edges), starts(edges)));
  const along = mul(sub(y, entryOf(cell, starts(edges))), entryOf(cell, slopes));
  return {
    score: add(entryOf(cell, starts(scores)), along),
    logSlope: entryOf(cell, log(maximum(slopes, LEAST))),
  };
};

/** Returns the value that the column has at a score: within its range, with its decimals, or one of its values. */
export const fromScores = (score: Tensor, { scores, values, rises, form }: Map): Tensor => {
  const cell = cellOf(score, scores);
  const along = mul(sub(score, entryOf(cell, starts(scores))), entryOf(cell, rises));
  const value = add(entryOf(cell, values), along);
  const power = formOf(form, 2);
  const rounded = div(nearest(mul(value, power)), maximum(power, 1));
  return minimum(maximum(where(power, rounded, value), formOf(form, 0)), formOf(form, 1));
};

/** Returns one of the numbers of `form`: one for each element. */
export const formOf = (form: Tensor, index: number): Tensor => sumLast(form.pipe(slice(index, index + 1)));

/**
 * Returns the mean of the values of scores from a normal distribution: in each cell the part of a linear function of it, by the
 * distribution function and the density at both edges. It leaves the rounding to decimals out.
 */
export const meanOfScores = (mean: Tensor, deviation: Tensor, { scores, values, rises, form }: Map): Tensor => {
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
  const last = (x: Tensor, index: number): Tensor => sumLast(x.pipe(slice(index, index + 1)));
  const beyond = add(mul(last(below, 0), formOf(form, 0)), mul(sub(1, last(below, count - 1)), formOf(form, 1)));
  return add(within, beyond);
};
