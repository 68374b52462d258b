import { InvalidData } from '../errors.ts';

/** The step from one float32 to the next, in standard deviations, from which too little of the values is left, … */
export const COARSE = 1e-3;
/** … and from which values that become equal are reported. */
export const FINE = 1e-5;

/** The share of values that are no whole numbers which float32 must leave for nothing to be said. */
const MOST = 0.99;

/** Numbers as networks and files hold them, and a sentence about what float32 loses, if it matters. */
export interface Rounded {
  readonly data: Float32Array;
  readonly notice?: string;
}

/**
 * Converts rows of `size` numbers to float32, which keeps 24 bits: times and identifiers that it makes equal are refused if their
 * standard deviation is less than a thousand of its steps, and a notice is returned if whole numbers become equal, or standard
 * deviations are coarse.
 *
 * @param called the beginning of a message about the element at an index: `time.csv: stamp`.
 * @throws InvalidData
 */
export const toFloat32 = (values: Float64Array, size: number, called: (place: number) => string): Rounded => {
  const data = new Float32Array(values);
  const notices: string[] = [];
  for (let place = 0; place < size; place++) {
    const lost = lossOf(values, data, size, place);
    if (lost === undefined) continue;
    const [before, after] = [counted(lost.before), counted(lost.after)];
    if (lost.coarseness >= COARSE)
      throw new InvalidData(
        `${called(place)}: expected values that float32 can tell apart, got ${before} of which it leaves ${after}; ${remedyOf(lost)}`,
      );
    notices.push(
      `${called(place)}: of ${before} distinct values float32, which networks compute in, leaves ${after}; ${remedyOf(lost, 'reported')}`,
    );
  }
  return { data, ...(notices.length > 0 && { notice: notices.join('; ') }) };
};

interface Loss {
  /** The numbers of distinct values before and after rounding. */
  readonly before: number;
  readonly after: number;
  /** The step from one float32 to the next, in standard deviations. */
  readonly coarseness: number;
  readonly mean: number;
  readonly least: number;
  readonly most: number;
  readonly whole: boolean;
}

/**
 * Returns what the element at an index loses, if distinct values become equal and that is more than the rounding of any decimal.
 */
const lossOf = (values: Float64Array, rounded: Float32Array, size: number, place: number): Loss | undefined => {
  let [exact, whole, sum, least, most, count] = [true, true, 0, Infinity, -Infinity, 0];
  for (let i = place; i < values.length; i += size) {
    const value = values[i] ?? 0;
    if (Number.isNaN(value)) continue; // it is missing, or refused later
    count++;
    exact &&= value === rounded[i];
    whole &&= Number.isInteger(value);
    sum += value;
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  if (exact) return undefined;
  const mean = sum / count;
  const sorted = new Float64Array(count);
  for (let i = place, row = 0; i < values.length; i += size) {
    const value = values[i] ?? 0;
    if (!Number.isNaN(value)) sorted[row++] = value;
  }
  const deviation = Math.sqrt(sorted.reduce((square, value) => square + (value - mean) ** 2 / count, 0));
  const coarseness = stepAt(Math.max(Math.abs(least), Math.abs(most))) / deviation;
  if (coarseness < FINE && !whole) return undefined;
  sorted.sort();
  const before = distinct(sorted);
  const after = distinct(new Float32Array(sorted));
  // Of many random numbers, a few are always next to each other.
  return after < (whole ? before : MOST * before) ? { before, after, coarseness, mean, least, most, whole } : undefined;
};

const distinct = (sorted: Float32Array | Float64Array): number => {
  let count = 0;
  for (let i = 0; i < sorted.length; i++) if (i === 0 || sorted[i] !== sorted[i - 1]) count++;
  return count;
};

/** Returns the step from a float32 of this size to the next. */
export const stepAt = (size: number): number => 2 ** (Math.max(Math.floor(Math.log2(size)), -126) - 23);

/**
 * Suggests what to subtract: the mean, to as few digits as suffice; or, if values lie too far apart for that, what else they
 * could be. Numbers of which the loss is only reported may be amounts, and an amount less a constant is another amount.
 */
export const remedyOf = (
  { mean, least, most, whole }: Pick<Loss, 'mean' | 'least' | 'most' | 'whole'>,
  loss: 'refused' | 'reported' = 'refused',
): string => {
  const farthest = (center: number): number => Math.max(Math.abs(least - center), Math.abs(most - center));
  const near = Math.max(1.2 * farthest(mean), whole ? WHOLE : 0);
  for (let digits = 1; digits <= 15; digits++) {
    const center = Number(mean.toPrecision(digits));
    const rest = farthest(center);
    if (center !== 0 && rest <= near && stepAt(rest) <= stepAt(farthest(0)) / 8)
      return `subtract ${written(center)} first${loss === 'reported' ? ', if only differences matter' : ''}`;
  }
  return 'give differences between them, or leave out what only identifies an example';
};

/** The largest magnitude up to which float32 represents all whole numbers. */
const WHOLE = 2 ** 24;

/** Formats a number: `1.7e9` if it is long, else unchanged. */
const written = (value: number): string => {
  const short = value.toExponential().replace('e+', 'e');
  return short.length < `${value}`.length ? short : `${value}`;
};

const counted = (count: number): string => count.toLocaleString('en-US');
