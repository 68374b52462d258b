import type { Model } from 'cvae-compile/runtime';
import { sideBySide } from '../view/results.ts';
import { zOf, type PriorOf } from './prior.ts';

/**
 * The dimensions of z by how much each changes what is decoded, most first: the squared difference between y at one of the
 * prior's deviations above its mean and at one below. Of very wide latents, the first `MOST` are tried.
 */
export const rankOf = async (
  model: Model,
  given: Readonly<Record<string, unknown>>,
  prior: PriorOf,
): Promise<readonly number[]> => {
  const size = prior.mean.length;
  const tried = Math.min(size, MOST);
  const middle = zOf(prior, []);
  const z = new Float32Array(2 * tried * size);
  for (let i = 0; i < 2 * tried; i++) {
    const [axis, sign] = [Math.floor(i / 2), i % 2 === 0 ? 1 : -1];
    z.set(middle, i * size);
    z[i * size + axis] = (middle[axis] ?? 0) + sign * (prior.deviation[axis] ?? 1);
  }
  const { data, size: length } = sideBySide(model.signature, await model.decode(z, given));
  const effects = Array.from({ length: size }, (_, axis) => {
    if (axis >= tried) return -1;
    let sum = 0;
    for (let i = 0; i < length; i++)
      sum += ((data[2 * axis * length + i] ?? 0) - (data[(2 * axis + 1) * length + i] ?? 0)) ** 2;
    return sum;
  });
  return effects.map((_, axis) => axis).sort((a, b) => (effects[b] ?? 0) - (effects[a] ?? 0));
};

const MOST = 128;
