/** The most decimals that are looked for. */
const MOST = 6;

/** The largest number of steps of a decimal in a value that float32, of 24 bits, still tells apart. */
const STEPS = 2 ** 23;

/**
 * Returns how many decimals values have, from 0 for whole numbers to 6; undefined if they have more, or more than float32 holds of
 * numbers of their size. The values are those of a `Float32Array`, so that a decimal is what float32 makes of it.
 */
export const decimalsOf = (values: ArrayLike<number>): number | undefined => {
  let largest = 0;
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, Math.abs(values[i] ?? 0));
  for (let decimals = 0; decimals <= MOST && largest * 10 ** decimals <= STEPS; decimals++)
    if (haveOnly(values, 10 ** decimals)) return decimals;
  return undefined;
};

const haveOnly = (values: ArrayLike<number>, power: number): boolean => {
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0;
    if (Math.fround(Math.round(value * power) / power) !== value) return false;
  }
  return true;
};
