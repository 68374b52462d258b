import type { ComponentDrawer, Draws, DrawnTarget, JointDraws } from '../distributions/data/distribution-data.ts';
import { distributionOf } from '../distributions/data/table.ts';
import { InvalidData } from '../errors.ts';
import { inverseNormal, normals, stream, uniforms } from '../random.ts';
import { size } from '../shape/size.ts';
import type { Interface, Manifest, TargetSignature } from '../signature.ts';
import type { SampleOptions } from './options.ts';
import type { Values } from './result.ts';
import { spread, type Input } from './rows.ts';

/** Draws noise: one number for each element of the data of each sample. */
export type NoiseOf = (kind: 'normal' | 'uniform') => Float32Array;

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

/** Returns how to draw from the components of a target. */
const componentOf =
  ({ of }: Pick<DrawnTarget, 'of'>): ComponentDrawer =>
  async (decoded) => {
    if (!of) throw new RangeError('no components');
    const { draws } = distributionOf(of);
    if (!('drawer' in draws)) throw new RangeError('no components');
    const draw = await draws.drawer(of, decoded, componentOf(of));
    return draws.noise === 'uniform' ? draw : (at, j, u) => draw(at, j, inverseNormal(Math.max(u, 2 ** -25)));
  };

/** Returns the noise that the file `draw` takes, by the names of its inputs: row r of a batch uses that of sample r mod count. */
export const ownNoise = (
  { target, files: { draw } }: Pick<Manifest, 'target' | 'files'>,
  { seed, count, first }: Required<SampleOptions>,
): Readonly<Record<string, Input>> | undefined =>
  draw &&
  Object.fromEntries(
    noisesOf(target, draw).map(([name, kind, of]) => {
      const length = size(draw.inputs[name] ?? []);
      const key = stream(seed, 'y', ...of);
      const data =
        kind === 'normal' ? normals(key, count, length, first) : withoutZero(uniforms(key, count, length, first));
      return [name, spread({ rows: count, size: length, data }, (row) => row % count)];
    }),
  );

/** Returns the noise inputs of the file `draw`: the name, the kind of noise, and of several targets the name of the one it is for. */
const noisesOf = (
  { targets }: Pick<TargetSignature, 'targets'>,
  { inputs }: Pick<Interface, 'inputs'>,
): readonly (readonly [name: string, kind: string, of: readonly string[]])[] =>
  ['normal', 'uniform'].flatMap((kind) => [
    ...(!targets && kind in inputs ? [[kind, kind, []] as const] : []),
    ...Object.keys(targets ?? {})
      .filter((of) => `${of}_${kind}` in inputs)
      .map((of) => [`${of}_${kind}`, kind, [of]] as const),
  ]);

/** Whether the file `draw` draws one of several targets. */
export const drawsItself = (name: string, { inputs = {} }: Partial<Interface> = {}): boolean =>
  `${name}_normal` in inputs || `${name}_uniform` in inputs;

/** Replaces 0 in uniform noise, whose logarithm and quantiles are infinite, by half the smallest step. */
export const withoutZero = (noise: Float32Array): Float32Array => noise.map((u) => Math.max(u, 2 ** -25));

/** Returns how a target is drawn from what files return. Throws an `InvalidData` if that does not determine it. */
export const drawsOf = (target: TargetSignature): Draws | JointDraws => {
  const { draws } = distributionOf(target);
  if (typeof draws !== 'function') return draws;
  throw new InvalidData(`draw: ${draws(target)}; leave draw out for the mean`);
};
