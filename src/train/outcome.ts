import { namedTargets } from '../dsl/named-targets.ts';
import type { Model } from '../dsl/model.ts';
import { size } from '../shape/size.ts';
import { maskName } from '../values/mask-name.ts';
import type { InputValues } from './engine.ts';

/** A target of some examples as networks see it, row after row, with its mask, and where it begins in a row of y of all targets. */
export interface Outcome {
  readonly at: number;
  readonly width: number;
  readonly y: Float32Array;
  readonly mask: Float32Array | undefined;
}

/** Returns the targets in a batch: one, or several, which are one y, flat and one after another. */
export const outcomesOf = ({ target }: Model, values: InputValues): readonly Outcome[] => {
  let at = 0;
  return Object.entries(namedTargets(target)).flatMap(([name, one]) => {
    const [width, y] = [size(one.shape), values[name]];
    const from = at;
    at += width;
    return y ? [{ at: from, width, y, mask: values[maskName(name)] }] : [];
  });
};

/**
 * Returns half the mean square difference between two results over the variance of y, of the elements that masks count: the mean over
 * targets, which have units of their own. Of each it is all of the variance at most: the mean of a likelihood with heavy tails, such as
 * the log-normal, may be thousands of times that early in training, and would hide all other targets. Undefined if none varies.
 */
export const shareOf = (
  first: Float32Array,
  second: Float32Array,
  outcomes: readonly Outcome[],
  count: number,
): number | undefined => {
  const width = first.length / count;
  const shares = outcomes.flatMap(({ at, width: own, y, mask }) => {
    const classes = mask ? y.length / mask.length : 1;
    let drawn = 0;
    const seen = new Float32Array(y.length);
    for (let row = 0; row < count; row++)
      for (let j = 0; j < own; j++) {
        const counts = mask?.[Math.floor((row * own + j) / classes)] ?? 1;
        const to = row * width + at + j;
        drawn += (counts * ((first[to] ?? 0) - (second[to] ?? 0)) ** 2) / 2 / count;
        seen[row * own + j] = counts * (y[row * own + j] ?? 0);
      }
    const all = columns(seen, count).reduce((sum, { variance }) => sum + variance, 0);
    return all > 0 && !Number.isNaN(drawn) ? [Math.min(1, drawn / all)] : [];
  });
  return shares.length > 0 ? rounded(shares.reduce((sum, share) => sum + share, 0) / shares.length) : undefined;
};

/** Returns the mean and variance of each column of a matrix of `count` rows. */
export const columns = (
  values: Float32Array,
  count: number,
): { readonly mean: number; readonly variance: number }[] => {
  const width = values.length / count;
  return Array.from({ length: width }, (_, column) => {
    let [sum, squares] = [0, 0];
    for (let at = column; at < values.length; at += width) sum += values[at] ?? 0;
    const mean = sum / count;
    for (let at = column; at < values.length; at += width) squares += ((values[at] ?? 0) - mean) ** 2;
    return { mean, variance: squares / count };
  });
};

/** Rounds to four digits: enough for a reader, and a line of metrics stays short. */
export const rounded = (value: number): number => Number(value.toPrecision(4));
