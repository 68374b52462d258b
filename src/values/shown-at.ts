/** Returns the temperature of a hint, which may come from a file that nobody has checked; undefined if it is none. */
export const shownAt = ({
  display: hint,
}: {
  readonly display?: { readonly temperature?: unknown };
}): number | undefined => {
  const temperature = hint?.temperature;
  return typeof temperature === 'number' && temperature > 0 && Number.isFinite(temperature) ? temperature : undefined;
};
