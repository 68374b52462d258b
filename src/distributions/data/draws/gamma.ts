import { inverseNormal } from '../../../random.ts';
import type { Draws } from '../distribution-data.ts';
import { gammaBelow, logGamma } from '../special.ts';
import { LEAST, open, solve } from './solve.ts';

/** The quantile of the noise. */
export const drawer: Draws['drawer'] =
  (_, { y, concentration }) =>
  (at, __, noise) => {
    const alpha = concentration?.[at] ?? 1;
    return Math.max(((y[at] ?? 0) / alpha) * gammaAt(alpha, open(noise)), LEAST);
  };

/** Returns the quantile of a gamma distribution of shape α and scale 1, by its logarithm t. */
const gammaAt = (alpha: number, u: number): number => {
  const norm = logGamma(alpha);
  // P(α, x) is at most x^α / Γ(α + 1), and nearly that for small x.
  const low = (Math.log(u) + norm + Math.log(alpha)) / alpha;
  const high = Math.log(alpha + 8 * Math.sqrt(alpha) + 40);
  // Wilson and Hilferty: the cube root is nearly normal.
  const root = 1 - 1 / (9 * alpha) + inverseNormal(u) / (3 * Math.sqrt(alpha));
  const start = alpha > 0.5 && root > 0 ? Math.log(alpha * root ** 3) : low;
  const below = (t: number) => gammaBelow(alpha, Math.exp(t));
  const density = (t: number) => Math.exp(alpha * t - Math.exp(t) - norm);
  return Math.exp(solve({ below, density }, u, low, high, start));
};
