import { InvalidData } from '../errors.ts';
import type { Rows } from './usual-values.ts';

/**
 * Returns points at equal distances on the straight line from one latent to another, ends included: [steps, latent]. Throws an
 * `InvalidData` unless each end is one latent and there are two steps or more.
 */
export const line = (from: Rows, to: Rows, steps: number): Float32Array => {
  if (from.rows + to.rows !== 2)
    throw new InvalidData(`from, to: expected a latent each, got ${from.rows} and ${to.rows}; give one of both`);
  if (!Number.isInteger(steps) || steps < 2)
    throw new InvalidData(`steps: expected a whole number from 2, got ${String(steps)}; count both ends`);
  const points = new Float32Array(steps * from.size);
  for (let step = 0, at = 0; step < steps; step++) {
    const t = step / (steps - 1);
    for (let j = 0; j < from.size; j++, at++) points[at] = (1 - t) * (from.data[j] ?? 0) + t * (to.data[j] ?? 0);
  }
  return points;
};
