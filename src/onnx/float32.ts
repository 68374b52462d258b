/** The shortest decimal number that float32 rounds to this value of float32: 0.1, where its exact value is 0.10000000149…. */
export const shortest = (value: number): number => {
  // Zero among them, which has a sign that digits do not show.
  if (!Number.isFinite(value) || value === 0) return value;
  for (let digits = 1; digits < 9; digits++) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) === value) return rounded;
  }
  return Number(value.toPrecision(9));
};
