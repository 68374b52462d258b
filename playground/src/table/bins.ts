import { histogram } from './statistics.ts';

/** Bins of one width, from the lower end of the first to the upper end of the last, and how many there are. */
export type Bins = readonly [from: number, to: number, count: number];

/**
 * The bins that show some lists of numbers, the same for all, so that a value of its own, such as 0, is as high in each: one for each whole
 * number, if they are few; else as many as the shortest list fills, and not more than `most`.
 */
export const binsOf = (
  lists: readonly (readonly number[])[],
  [from, to]: readonly [number, number],
  most: number,
): Bins => {
  const whole = lists.every((list) => list.every((value) => Number.isNaN(value) || Number.isInteger(value)));
  if (whole && to - from <= WHOLE) {
    const [first, last] = [Math.ceil(from), Math.floor(to)];
    return [first - 0.5, last + 0.5, last - first + 1];
  }
  const least = Math.min(...lists.filter((list) => list.length > 0).map((list) => list.length));
  return [from, to, Math.max(FEWEST, Math.min(most, Math.round(2.5 * Math.sqrt(least))))];
};

/** Whole numbers have a bin each up to this many. */
const WHOLE = 40;
const FEWEST = 8;

/** The highest share of any bin, of several histograms that are to be compared. */
export const peakOf = (lists: readonly (readonly number[])[], bins: Bins): number =>
  Math.max(...lists.flatMap((list) => histogram(list, ...bins)));
