import { inverseNormal } from '../../../random.ts';
import type { Draws } from '../distribution-data.ts';
import { eachOf } from './each-of.ts';
import { LEAST, open } from './solve.ts';

/** The quantile of the noise: the median times e^(σ·z). */
export const drawer: Draws['drawer'] = ({ sigma = 1 }, { median, logVar }) => {
  const fixed = eachOf(sigma);
  return (at, j, noise) => {
    const deviation = logVar ? Math.exp((logVar[at] ?? 0) / 2) : fixed(j);
    return Math.max((median?.[at] ?? 0) * Math.exp(deviation * inverseNormal(open(noise))), LEAST);
  };
};
