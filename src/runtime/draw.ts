import type { ComponentDrawer, Draws, JointDraws } from '../distributions/data/distribution-data.ts';
import { distributionOf } from '../distributions/data/table.ts';
import { InvalidData } from '../errors.ts';
import { inverseNormal, normals, stream, uniforms } from '../random.ts';
import { size } from '../shape/size.ts';
import type { ComponentSignature, TargetSignature } from '../signature.ts';
import type { CheckedOptions } from './options.ts';
import type { Values } from './result.ts';

// For modules that pages load with this one.
export { distributionOf, inverseNormal };

/** Draws noise: one number for each element of the data of each sample. */
export type NoiseOf = (kind: 'normal' | 'uniform') => Float32Array;

/** Returns the noise of a target's samples; `key` is its name if it is one of several, each of which has its own. */
const noiseFor =
  (
    { seed, count, first }: CheckedOptions,
    { dataShape }: Pick<TargetSignature, 'dataShape'>,
    ...key: readonly string[]
  ): NoiseOf =>
  (sort) =>
    (sort === 'normal' ? normals : uniforms)(stream(seed, 'y', ...key), count, size(dataShape), first);

/**
 * Draws from p(y|x,z), given y's means, [rows, ...shape], and whatever else the file returned, using noise of several
 * samples, one number for each element of the data. Row r uses the noise of sample r mod count. Classes are returned as
 * indices.
 */
export const drawTarget = async (
  target: TargetSignature,
  { data, shape: [rows = 0], more = {} }: Values,
  noiseOf: NoiseOf,
): Promise<Values> => {
  const draws = drawsOf(target);
  const noise = noiseOf(draws.noise);
  const decoded = { ...more, y: data };
  const length = size(target.dataShape);
  const count = noise.length / length;
  const drawn = new Float32Array(rows * length);
  const component = componentOf(target);
  const all = 'joint' in draws ? await draws.joint(target, decoded, component) : undefined;
  const draw = 'drawer' in draws ? await draws.drawer(target, decoded, component) : undefined;
  for (let row = 0; row < rows; row++) {
    const from = (row % count) * length;
    if (all) all(row, noise.subarray(from, from + length), drawn.subarray(row * length, (row + 1) * length));
    else if (draw)
      for (let j = 0; j < length; j++) drawn[row * length + j] = draw(row * length + j, j, noise[from + j] ?? 0);
  }
  return { data: drawn, shape: [rows, ...target.dataShape], more };
};

/** The same with noise of these samples' own, of one of several targets if it is named. */
export const drawWith = (
  target: TargetSignature,
  means: Values,
  how: CheckedOptions,
  ...of: readonly string[]
): Promise<Values> => drawTarget(target, means, noiseFor(how, target, ...of));

/** Returns how to draw from the components of a target. */
const componentOf =
  ({ of }: { readonly of?: ComponentSignature }): ComponentDrawer =>
  async (decoded) => {
    if (!of) throw new RangeError('no components');
    const { draws } = distributionOf(of);
    if (!('drawer' in draws)) throw new RangeError('no components');
    const draw = await draws.drawer(of, decoded, componentOf(of));
    return draws.noise === 'uniform' ? draw : (at, j, u) => draw(at, j, inverseNormal(Math.max(u, 2 ** -25)));
  };

/** Returns how a target is drawn from what files return. Throws an `InvalidData` if that does not determine it. */
export const drawsOf = (target: TargetSignature): Draws | JointDraws => {
  const { draws } = distributionOf(target);
  if (typeof draws !== 'function') return draws;
  throw new InvalidData(`draw: ${draws(target)}; leave draw out for the mean`);
};
