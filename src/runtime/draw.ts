import type { Draws } from '../distributions/data/distribution-data.ts';
import { distributionOf } from '../distributions/data/table.ts';
import { InvalidData } from '../errors.ts';
import { normals, stream, uniforms } from '../random.ts';
import type { Interface, TargetSignature } from '../signature.ts';
import type { Numbers } from './ort.ts';
import { spread, type Input } from './rows.ts';
import { sizeOf } from './size.ts';

/** Samples of each condition: `count` of them from sample `first` on, of a seed. */
export interface Drawing {
  readonly seed: number;
  readonly count: number;
  readonly first: number;
}

/**
 * Draws from p(y|x,z), given y's means and, where it is learned, log σ², [rows, ...shape], by noise of several samples, one
 * number for each element of the data. Row r is drawn from the noise of sample r mod count. Classes come as indices.
 */
export const drawTarget = (
  target: TargetSignature,
  { data, shape: [rows = 0] }: Numbers,
  logVar: Float32Array | undefined,
  { data: noise, shape: [count = 1] }: Numbers,
): Numbers => {
  const size = noise.length / count;
  const drawn = new Float32Array(rows * size);
  const draw = drawsOf(target).drawer(target, { y: data, logVar });
  for (let row = 0; row < rows; row++) {
    const from = (row % count) * size;
    for (let j = 0; j < size; j++) drawn[row * size + j] = draw(row * size + j, j, noise[from + j] ?? 0);
  }
  return { data: drawn, shape: [rows, ...target.dataShape] };
};

/** The noise that draws are made of. */
export const targetNoise = (target: TargetSignature, drawing: Drawing): Numbers => {
  const data = noiseOf(drawsOf(target).noise, sizeOf(target.dataShape), drawing);
  return { data, shape: [drawing.count, ...target.dataShape] };
};

/** The noise that the file `draw` is given, by the name of its input: row r has that of sample r mod count. */
export const noiseInput = (
  { inputs }: Pick<Interface, 'inputs'>,
  { dataShape }: TargetSignature,
  drawing: Drawing,
): Readonly<Record<string, Input>> => {
  const size = sizeOf(dataShape);
  const kind = 'normal' in inputs ? 'normal' : 'uniform';
  const noise = noiseOf(kind, size, drawing);
  const data = kind === 'uniform' ? withoutZero(noise) : noise;
  return { [kind]: spread({ rows: drawing.count, size, data }, (row) => row % drawing.count) };
};

const noiseOf = (kind: 'normal' | 'uniform', size: number, { seed, count, first }: Drawing): Float32Array =>
  (kind === 'normal' ? normals : uniforms)(stream(seed, 'y'), count, size, first);

/** Uniforms without 0, whose logarithm and quantiles are infinite: half their smallest step instead. */
export const withoutZero = (noise: Float32Array): Float32Array => noise.map((u) => Math.max(u, 2 ** -25));

/** How a target is drawn from by its mean and log-variance. Throws an `InvalidData` where these do not say that. */
export const drawsOf = (target: TargetSignature): Draws => {
  const { draws } = distributionOf(target);
  if (typeof draws !== 'function') return draws;
  throw new InvalidData(`draw: ${draws(target)}; leave draw out for the mean`);
};
