import { inverseNormal } from '../../../random.ts';
import type { Draws } from '../distribution-data.ts';
import { betaBelow, logGamma } from '../special.ts';
import { eachOf } from './each-of.ts';
import { open, solve } from './solve.ts';

/** The quantile of the noise. */
export const drawer: Draws['drawer'] = ({ scale = 1, settings }, { y, scale: learned, freedom }) => {
  const fixed = eachOf(scale);
  return (at, j, noise) => {
    const degrees = freedom?.[at] ?? settings?.['freedom'] ?? 4;
    const away = (learned?.[at] ?? fixed(j)) * studentAt(degrees, open(noise < 0.5 ? noise : 1 - noise));
    return (y[at] ?? 0) + (noise < 0.5 ? -away : away);
  };
};

/** Returns the t above which a tail of this size lies, by its logarithm; from a million degrees on the normal's. */
const studentAt = (freedom: number, tail: number): number => {
  if (freedom > 1e6) return -inverseNormal(tail);
  const norm = logGamma((freedom + 1) / 2) - logGamma(freedom / 2) - Math.log(freedom * Math.PI) / 2;
  const below = (s: number) => 1 - betaBelow(freedom / 2, 0.5, freedom / (freedom + Math.exp(2 * s)));
  const density = (s: number) => 2 * Math.exp(norm + s - ((freedom + 1) / 2) * Math.log1p(Math.exp(2 * s) / freedom));
  return Math.exp(solve({ below, density }, 1 - 2 * tail, -40, 80, 0));
};
