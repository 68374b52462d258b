import { InvalidData } from '../errors.ts';
import { normals, uniforms, type Key } from '../random.ts';
import type { TargetSignature } from '../signature.ts';
import type { Numbers } from './ort.ts';
import { sizeOf } from './size.ts';

/**
 * Draws from p(y|x,z), given y's means and, where it is learned, log σ². Row r takes the noise of sample `sampleOf(r)`: coins
 * and classes from one uniform each, normals from one normal each. Classes come as indices.
 */
export const drawTarget = (
  target: TargetSignature,
  { data, shape }: Numbers,
  logVar: Float32Array | undefined,
  key: Key,
  samples: { readonly count: number; readonly first: number; readonly of: (row: number) => number },
): Numbers => {
  const rows = shape[0] ?? 0;
  const size = sizeOf(target.dataShape);
  const noise = (target.distribution === 'normal' ? normals : uniforms)(key, samples.count, size, samples.first);
  const drawn = new Float32Array(rows * size);
  const draw = drawer(target, data, logVar);
  for (let row = 0; row < rows; row++) {
    const from = samples.of(row) * size;
    for (let j = 0; j < size; j++) drawn[row * size + j] = draw(row * size + j, j, noise[from + j] ?? 0);
  }
  return { data: drawn, shape: [rows, ...target.dataShape] };
};

/** Whether the target has a distribution to draw from; throws an `InvalidData` where it has none. */
export const checkDrawable = ({ distribution }: TargetSignature): void => {
  if (distribution === 'squaredError')
    throw new InvalidData(
      'draw: expected a target with a distribution, got squaredError, which has none; leave draw out for the mean',
    );
};

/** The value of element `at`, the j-th of its row, for a number of noise. */
type Drawer = (at: number, j: number, noise: number) => number;

const drawer = (target: TargetSignature, data: Float32Array, logVar: Float32Array | undefined): Drawer => {
  const { distribution, sigma = 1 } = target;
  if (distribution === 'bernoulli') return (at, _, noise) => (noise < (data[at] ?? 0) ? 1 : 0);
  if (distribution === 'categorical') {
    const count = target.shape.at(-1) ?? 1;
    return (at, _, noise) => classAt(data.subarray(at * count, (at + 1) * count), noise);
  }
  if (logVar !== undefined) return (at, _, noise) => (data[at] ?? 0) + Math.exp((logVar[at] ?? 0) / 2) * noise;
  if (typeof sigma === 'number') return (at, _, noise) => (data[at] ?? 0) + sigma * noise;
  return (at, j, noise) => (data[at] ?? 0) + (sigma[j] ?? 0) * noise;
};

/** The class in whose share of [0, 1) the number lies; chances may add up to a little less than 1. */
const classAt = (chances: Float32Array, uniform: number): number => {
  let sum = 0;
  const found = chances.findIndex((chance) => uniform < (sum += chance));
  return found === -1 ? chances.findLastIndex((chance) => chance > 0) : found;
};
