import type { Scaling, TargetSignature } from './signature.ts';

/** Returns how far a number is from the expected one, as defined by `distanceOf`, given its index in its array. */
export type Distance = (found: number, expected: number, place: number) => number;

/** The largest relative error of float32 in a sum of a mean and a small part: eight half ulps. */
const ROUNDING = 8 * 2 ** -24;

/** How exact the compared numbers are. */
export interface Exactness {
  /** The significant digits that the expected numbers were rounded to; not rounded by default. */
  readonly digits?: number;
  /** The relative error of a computation; that of float32 by default. */
  readonly rounding?: number;
}

/**
 * Returns a function for how far numbers of an output are from the expected ones: |a − b| / (1 + |b|); for y, if the data were
 * standardised, in their standard deviations: |a − b| / (deviation + |b − mean|), element by element, less what float32 cannot
 * distinguish, and less the rounding of b. A difference thus means as much for millimetres as for light-years.
 */
export const distanceOf = (
  output: string,
  target: Pick<TargetSignature, 'scaling' | 'targets'>,
  { digits = Infinity, rounding = ROUNDING }: Exactness = {},
): Distance => {
  const units = unitsOf(output, target);
  if (!units)
    return (found, expected) => (found === expected ? 0 : Math.abs(found - expected) / (1 + Math.abs(expected)));
  const { mean, deviation } = units;
  return (found, expected, place) => {
    if (found === expected) return 0;
    const [m, d] = [mean[place % mean.length] ?? 0, deviation[place % deviation.length] ?? 1];
    const unit = 10 ** (Math.floor(Math.log10(Math.abs(expected) || 1)) + 1 - digits);
    const apart = Math.abs(found - expected) - rounding * (Math.abs(expected) + Math.abs(m)) - unit / 2;
    // NaN stays NaN.
    return apart <= 0 ? 0 : apart / (d + Math.abs(expected - m));
  };
};

/**
 * Returns the standardisation of an output that is in the data's own units, if it was standardised: of `y`, which is called
 * `prediction` in an evaluation, or of one of several targets, which has its name.
 */
export const unitsOf = (
  output: string,
  { scaling, targets }: Pick<TargetSignature, 'scaling' | 'targets'>,
): Scaling | undefined => (output === 'y' || output === 'prediction' ? scaling : targets?.[output]?.scaling);

/**
 * Returns how many further decimal digits a standardised variable needs: those of the ratio of its mean to its standard
 * deviation.
 */
export const digitsBefore = ({ mean, deviation }: Scaling): number =>
  mean.reduce((most, m, i) => Math.max(most, Math.ceil(Math.log10(Math.abs(m) / (deviation[i] ?? 1) || 1))), 0);
