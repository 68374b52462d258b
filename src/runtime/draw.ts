import { InvalidData } from '../errors.ts';
import type { TargetSignature } from '../signature.ts';
import type { Numbers } from './ort.ts';

/**
 * Draws from p(y|x,z), given y's means and, where it is learned, log σ², by noise for each sample of a condition,
 * [count, ...dataShape]: coins and classes from one uniform each, normals from one normal each. Row r takes that of sample
 * r mod count. Classes come as indices. Throws an `InvalidData` where the target has no distribution, or
 * one of its own.
 */
export const drawTarget = (
  target: TargetSignature,
  { data, shape: [rows = 0] }: Numbers,
  logVar: Float32Array | undefined,
  { data: noise, shape: [count = 1, ...dataShape] }: Numbers,
): Numbers => {
  const size = noise.length / count;
  const drawn = new Float32Array(rows * size);
  const draw = drawer(target, data, logVar);
  for (let row = 0; row < rows; row++) {
    const from = (row % count) * size;
    for (let j = 0; j < size; j++) drawn[row * size + j] = draw(row * size + j, j, noise[from + j] ?? 0);
  }
  return { data: drawn, shape: [rows, ...dataShape] };
};

/** The value of element `at`, the j-th of its row, for a number of noise. */
type Drawer = (at: number, j: number, noise: number) => number;

const drawer = (target: TargetSignature, data: Float32Array, logVar: Float32Array | undefined): Drawer => {
  const { distribution, sigma = 1 } = target;
  switch (distribution) {
    case 'bernoulli':
      return (at, _, noise) => (noise < (data[at] ?? 0) ? 1 : 0);
    case 'categorical': {
      const count = target.shape.at(-1) ?? 1;
      return (at, _, noise) => classAt(data.subarray(at * count, (at + 1) * count), noise);
    }
    case 'normal':
      if (logVar !== undefined) return (at, _, noise) => (data[at] ?? 0) + Math.exp((logVar[at] ?? 0) / 2) * noise;
      if (typeof sigma === 'number') return (at, _, noise) => (data[at] ?? 0) + sigma * noise;
      return (at, j, noise) => (data[at] ?? 0) + (sigma[j] ?? 0) * noise;
    case 'custom':
      throw new InvalidData(
        `draw: expected a target that can be drawn from here, got ${target.named ?? 'a distribution of the definition’s own'}; leave draw out for the mean`,
      );
    case 'squaredError':
      throw new InvalidData(
        'draw: expected a target with a distribution, got squaredError, which has none; leave draw out for the mean',
      );
    default:
      throw new Error(`draw: no way to draw from ${distribution satisfies never}`);
  }
};

/** The class in whose share of [0, 1) the number lies; chances may add up to a little less than 1. */
const classAt = (chances: Float32Array, uniform: number): number => {
  let sum = 0;
  const found = chances.findIndex((chance) => uniform < (sum += chance));
  return found === -1 ? chances.findLastIndex((chance) => chance > 0) : found;
};
