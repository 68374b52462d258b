/** The shortest decimal number that float32 rounds to this value of float32: 0.1, where its exact value is 0.10000000149…. */
export const shortest = (value: number): number => {
  // Zero among them, which has a sign that digits do not show.
  if (!Number.isFinite(value) || value === 0) return value;
  // Six digits or fewer are kept as they are, so nothing shorter has to be tried, but where float32 itself has fewer.
  for (let digits = Math.abs(value) < 2 ** -126 ? 1 : 6; digits < 9; digits++) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) === value) return rounded;
  }
  return Number(value.toPrecision(9));
};
