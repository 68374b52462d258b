/** Returns the shortest decimal number that rounds to this float32 value: 0.1 for the exact value 0.10000000149…. */
export const shortest = (value: number): number => {
  // Includes zero, whose sign digits do not show.
  if (!Number.isFinite(value) || value === 0) return value;
  // float32 preserves decimal numbers of up to six digits, so there is no need to try fewer, except for subnormal
  // numbers, which have fewer.
  for (let digits = Math.abs(value) < 2 ** -126 ? 1 : 6; digits < 9; digits++) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) === value) return rounded;
  }
  return Number(value.toPrecision(9));
};
