import type { Scaling, TargetSignature } from './signature.ts';

/** How far a number is from what it should be, as `distanceOf` has it, from its place in its array. */
export type Distance = (found: number, expected: number, place: number) => number;

/** So much of a number is lost in float32 on the way to it, at most, of what is a mean and a small part: eight half ulps. */
const ROUNDING = 8 * 2 ** -24;

/** How exact the numbers are that are compared. */
export interface Exactness {
  /** The significant digits that the expected ones were rounded to; all, unless given. */
  readonly digits?: number;
  /** What a computation loses of each number: that of float32, unless given. */
  readonly rounding?: number;
}

/**
 * How far numbers of an output are from what they should be: |a − b| / (1 + |b|); of y, where the data were standardised, in
 * their standard deviations: |a − b| / (deviation + |b − mean|), element by element, less what float32 cannot tell apart, and
 * less what b lost where it was rounded. So a difference means as much for millimetres as for light-years.
 */
export const distanceOf = (
  output: string,
  { scaling }: Pick<TargetSignature, 'scaling'>,
  { digits = Infinity, rounding = ROUNDING }: Exactness = {},
): Distance => {
  const units = isInUnits(output) ? scaling : undefined;
  if (!units)
    return (found, expected) => (found === expected ? 0 : Math.abs(found - expected) / (1 + Math.abs(expected)));
  const { mean, deviation } = units;
  return (found, expected, place) => {
    if (found === expected) return 0;
    const [m, d] = [mean[place % mean.length] ?? 0, deviation[place % deviation.length] ?? 1];
    const unit = 10 ** (Math.floor(Math.log10(Math.abs(expected) || 1)) + 1 - digits);
    const apart = Math.abs(found - expected) - rounding * (Math.abs(expected) + Math.abs(m)) - unit / 2;
    // What is not a number stays that.
    return apart <= 0 ? 0 : apart / (d + Math.abs(expected - m));
  };
};

/** Whether an output of a file is y, in the data's own units: of an evaluation it is `prediction`. */
export const isInUnits = (output: string): boolean => output === 'y' || output === 'prediction';

/** How many decimal digits a standardised variable needs besides its own: those that its mean has before its deviation. */
export const digitsBefore = ({ mean, deviation }: Scaling): number =>
  mean.reduce((most, m, i) => Math.max(most, Math.ceil(Math.log10(Math.abs(m) / (deviation[i] ?? 1) || 1))), 0);
