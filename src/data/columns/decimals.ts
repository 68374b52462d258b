/** The most decimals that are looked for. */
const MOST = 6;

/** The largest number of steps of a decimal in a value that float32, of 24 bits, still tells apart. */
const STEPS = 2 ** 23;

/** Files multiply by the power of the decimals, in float32, which must stay finite. */
const MOST_STEPS = 1e30;
/** This number of values, or half of them, must be among those, if the others are to say nothing. */
const ENOUGH = 20;

/**
 * Returns how many decimals values have, from 0 for whole numbers to 6; undefined if they have more, or if float32 holds too few decimals of
 * numbers of the size of almost all of them. Larger ones say nothing: of a film's takings from 401 to 2,767,891,000, the small ones show that
 * all are whole. The values are different ones of a `Float32Array`, so that a decimal is what float32 makes of it.
 */
export const decimalsOf = (values: ArrayLike<number>): number | undefined => {
  for (let decimals = 0; decimals <= MOST && areToldApart(values, 10 ** decimals); decimals++)
    if (haveOnly(values, 10 ** decimals)) return decimals;
  return undefined;
};

const areToldApart = (values: ArrayLike<number>, power: number): boolean => {
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    const steps = Math.abs(values[i] ?? 0) * power;
    if (steps > MOST_STEPS) return false;
    if (steps <= STEPS) count++;
  }
  return count >= Math.min(ENOUGH, values.length / 2);
};

const haveOnly = (values: ArrayLike<number>, power: number): boolean => {
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0;
    if (Math.fround(Math.round(value * power) / power) !== value) return false;
  }
  return true;
};
