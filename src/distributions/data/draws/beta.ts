import type { Draws } from '../distribution-data.ts';
import { betaBelow, logGamma } from '../special.ts';
import { LEAST, open, solve } from './solve.ts';

/** The quantile of the noise, strictly between 0 and 1 in float32 too. */
export const drawer: Draws['drawer'] =
  (_, { alpha, beta }) =>
  (at, __, noise) =>
    Math.min(Math.max(betaAt(alpha?.[at] ?? 1, beta?.[at] ?? 1, open(noise)), LEAST), 1 - 2 ** -24);

/** Returns the quantile of a beta distribution, by its log-odds t. */
const betaAt = (a: number, b: number, u: number): number => {
  const norm = logGamma(a + b) - logGamma(a) - logGamma(b);
  const share = (t: number) => 1 / (1 + Math.exp(-t));
  const below = (t: number) => betaBelow(a, b, share(t));
  const density = (t: number) => Math.exp(norm - a * Math.log1p(Math.exp(-t)) - b * Math.log1p(Math.exp(t)));
  return share(solve({ below, density }, u, -90, 40, Math.log(a / b)));
};
