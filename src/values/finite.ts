/** Returns the first number of a list that is not finite; undefined if all are finite. */
export const unboundedIn = (list: Float32Array): number | undefined => {
  // One loop without branches: 0 times a number that is not finite is NaN.
  let sum = 0;
  for (let i = 0; i < list.length; i++) sum += 0 * (list[i] ?? 0);
  return sum === 0 ? undefined : list.find((value) => !Number.isFinite(value));
};
