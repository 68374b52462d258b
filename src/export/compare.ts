import { distanceOf, unitsOf } from '../distance.ts';
import { same } from '../shape/same.ts';
import type { TargetSignature } from '../signature.ts';
import type { Values } from './engine.ts';

/** A list of numbers of any type, and its shape. */
export interface Numeric {
  readonly data: ArrayLike<number>;
  readonly shape: readonly number[];
}

/** How far two arrays are apart. */
export interface Difference {
  /** The largest |a − b|; for y, if it was standardised, in its standard deviations. */
  readonly largest: number;
  /** The same, but relative to b where that is above 1 and has no standard deviation: what is small for one output is so for all. */
  readonly relative: number;
  /** The largest distance, as `distanceOf` computes it: 1e-4 or less is agreement, NaN if a value is not a number. */
  readonly distance: number;
}

/** The design's tolerance: |a − b| ≤ 1e-4 + 1e-4·|b|, and the same for y in its standard deviations. */
export const TOLERANCE = 1e-4;

/** What cannot be compared: another shape, or a value that is not a number. */
export const INCOMPARABLE: Difference = { largest: NaN, relative: NaN, distance: NaN };

/** Compares the computed values of an output with the expected ones. */
export const compare = (
  found: Numeric | undefined,
  expected: Numeric,
  output: string,
  target: Pick<TargetSignature, 'scaling' | 'targets'>,
): Difference => {
  if (found?.data.length !== expected.data.length || !same(found.shape, expected.shape)) return INCOMPARABLE;
  const distanceTo = distanceOf(output, target);
  const deviation = unitsOf(output, target)?.deviation;
  let [largest, relative, distance] = [0, 0, 0];
  for (let i = 0; i < expected.data.length; i++) {
    const [a, b] = [found.data[i] ?? NaN, expected.data[i] ?? NaN];
    const apart = a === b ? 0 : Math.abs(a - b) / (deviation?.[i % deviation.length] ?? 1);
    const far = distanceTo(a, b, i);
    // Not Math.max: a NaN must be kept.
    if (!(apart <= largest)) largest = apart;
    relative = Math.max(relative, deviation ? apart : apart / Math.max(1, Math.abs(b)));
    if (!(far <= distance)) distance = far;
    if (Number.isNaN(apart)) return INCOMPARABLE;
  }
  return { largest, relative, distance };
};

/** Whether a difference is within the tolerance. */
export const agrees = ({ distance }: Difference): boolean => distance <= TOLERANCE;

/** An array of numbers with subarrays of the same type. */
interface Part<A> {
  readonly length: number;
  subarray(from: number, to: number): A;
}

/** Returns the first rows of an array. */
export const rowsOf = <A extends Part<A>>(
  { data, shape: [all = 1, ...rest] }: { readonly data: A; readonly shape: readonly number[] },
  rows: number,
) => ({ data: data.subarray(0, (data.length / all) * rows), shape: [rows, ...rest] });

/** Returns the first rows of each array. */
export const firstRows = (values: Values, rows: number): Values =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, rowsOf(value, rows)]));

/** Returns the last row of each array. */
export const lastRow = (values: Values): Values =>
  Object.fromEntries(
    Object.entries(values).map(
      ([
        name,
        {
          data,
          shape: [rows = 1, ...rest],
        },
      ]) => [name, { data: data.subarray((data.length / rows) * (rows - 1)), shape: [1, ...rest] }],
    ),
  );
