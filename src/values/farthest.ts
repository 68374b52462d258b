/**
 * Values of a variable, `mean.length` of them for each example if the model standardises them by mean and standard
 * deviation.
 */
export interface Spread {
  readonly name: string;
  readonly data: ArrayLike<number>;
  readonly scaling?: { readonly mean: readonly number[]; readonly deviation: readonly number[] } | undefined;
}

/**
 * Describes the variable whose values lie farthest from 0, as networks see them, with its mean and standard deviation
 * in the data's units: the first thing to look at if the first loss is not finite.
 */
export const farthest = (variables: readonly Spread[]): { readonly text: string; readonly standardised: boolean } => {
  let [found, most] = [{ text: 'no numbers', standardised: true }, -1];
  for (const { name, data, scaling } of variables) {
    const { mean, deviation } = momentsOf(data, (value) => value);
    const inside = momentsOf(data, (value, i) => {
      const place = i % (scaling?.mean.length || 1);
      return (value - (scaling?.mean[place] ?? 0)) / (scaling?.deviation[place] ?? 1);
    });
    const size = Math.hypot(inside.mean, inside.deviation);
    if (size <= most) continue;
    most = size;
    const seen = scaling ? `standardised ${short(inside.mean)} and ${short(inside.deviation)}` : 'not standardised';
    found = {
      text: `${name} of mean ${short(mean)} and standard deviation ${short(deviation)}, ${seen}`,
      standardised: scaling !== undefined,
    };
  }
  return found;
};

const momentsOf = (
  data: ArrayLike<number>,
  of: (value: number, i: number) => number,
): { readonly mean: number; readonly deviation: number } => {
  // Scaled by the largest value, whose square may overflow; centred first, since the standard deviation may be small
  // compared with the mean.
  const count = data.length;
  const each = (take: (value: number) => number): number => {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += take(of(data[i] ?? 0, i)) / count;
    return sum;
  };
  let unit = 0;
  for (let i = 0; i < count; i++) unit = Math.max(unit, Math.abs(of(data[i] ?? 0, i)));
  if (unit === 0 || count === 0) return { mean: 0, deviation: 0 };
  const mean = each((value) => value / unit);
  const variance = each((value) => (value / unit - mean) ** 2);
  return { mean: mean * unit, deviation: Math.sqrt(variance) * unit };
};

const short = (value: number): string =>
  Math.abs(value) >= 1e7 ? Number(value.toPrecision(3)).toExponential() : `${Number(value.toPrecision(3))}`;
