import { distributionOf } from '../distributions/data/table.ts';
import type { NumbersLook, Taken } from '../formats/look.ts';
import { fillNormals, normals, stream, uniforms } from '../random.ts';
import { drawTarget, withoutZero } from '../runtime/draw.ts';
import { valuesOf } from '../runtime/several.ts';
import { size } from '../shape/size.ts';
import { isClasses, type TargetSignature } from '../signature.ts';
import { classTexts, elementTexts } from '../values/element-names.ts';
import { maskName } from '../values/mask-name.ts';
import type { Weights } from '../weights/weights.ts';
import { viewOf } from './images.ts';
import type { Scene } from './scene.ts';

/** How many elements of a target are shown: of a single one, and of each of several. */
const SHOWN = 6;
const EACH = 3;

/** Draws y for each example, with z from the prior; its mean if the target does not define how to draw. */
export async function drawNumbers(
  scene: Scene,
  target: TargetSignature,
  weights: Weights,
  epoch: number,
): Promise<Taken> {
  const { model, seed, given, count } = scene;
  const noise = fillNormals(new Float32Array(count * model.latent), stream(seed, 'look'), model.latent);
  const { targets } = target;
  const all = Object.entries(targets ?? { y: target });
  const numbers = new Map(all.map(([name, one]) => [name, noiseFor(scene, name, one)]));
  const drawn = await drawnBy({ ...scene, target, weights, given: { ...given, noise } }, numbers);
  // An image among several targets is not shown.
  const elements = all
    .filter(([, one]) => !targets || viewOf(one) === undefined)
    .flatMap(([name, one]) => elementsOf(scene, name, one, drawn.get(name) ?? new Float32Array(), !targets));
  const classes = isClasses(target) ? classTexts(target) : undefined;
  const look: NumbersLook = {
    kind: 'numbers',
    epoch,
    elements,
    of: all.reduce((sum, [, { dataShape }]) => sum + size(dataShape), 0),
    ...(classes && { classes }),
    ...([...numbers.values()].some((noiseOfIt) => noiseOfIt === undefined) && { means: true }),
  };
  return { look, files: new Map() };
}

/** Returns the noise of a target, unless it does not say how to draw. */
const noiseFor = ({ model, seed, count }: Scene, name: string, target: TargetSignature): Float32Array | undefined => {
  const { draws } = distributionOf(target);
  const kind = typeof draws === 'object' ? draws.noise : model.target.draws?.noise;
  if (kind === undefined) return undefined;
  return (kind === 'normal' ? normals : uniforms)(stream(seed, 'look', name), count, size(target.dataShape));
};

/** Returns the elements of a target that vary most, but for what a mask leaves out. */
const elementsOf = (
  { given, count }: Scene,
  name: string,
  target: TargetSignature,
  drawn: Float32Array,
  alone: boolean,
): NumbersLook['elements'] => {
  const length = size(target.dataShape);
  const truth = indexed(given[name] ?? new Float32Array(), target, count);
  const mask = given[maskName(name)];
  const rows = (j: number): readonly number[] =>
    Array.from({ length: count }, (_, row) => row).filter((row) => mask?.[row * length + j] !== 0);
  const column = (values: Float32Array, j: number): readonly number[] =>
    rows(j).map((row) => Number((values[row * length + j] ?? 0).toPrecision(5)));
  const texts = elementTexts(name, target);
  const classes = isClasses(target) && !alone ? classTexts(target) : undefined;
  return Array.from({ length }, (_, j) => j)
    .map((j) => ({ j, spread: variance(column(truth, j)) }))
    .sort((a, b) => b.spread - a.spread)
    .slice(0, alone ? SHOWN : EACH)
    .map(({ j }) => j)
    .sort((a, b) => a - b)
    .map((j) => ({
      name: texts[j] ?? name,
      truth: column(truth, j),
      drawn: column(drawn, j),
      ...(classes && { classes }),
    }));
};

interface Drawing extends Pick<Scene, 'graphs' | 'engine' | 'given' | 'count'> {
  readonly target: TargetSignature;
  readonly weights: Weights;
}

/** Draws each target with z from the prior and its random numbers; without them, returns its mean. */
const drawnBy = async (
  { graphs, engine, target, weights, given, count }: Drawing,
  numbers: ReadonlyMap<string, Float32Array | undefined>,
): Promise<ReadonlyMap<string, Float32Array>> => {
  const single = numbers.get('y');
  if (single !== undefined && graphs.draw) {
    const z = await latentsOf({ graphs, engine, weights, given, count });
    const noise = { uniform: withoutZero(single), normal: single };
    const { y = new Float32Array() } = await engine.compute(graphs.draw, weights, { ...given, ...noise, z }, count);
    return new Map([['y', y]]);
  }
  const found = await engine.compute(graphs.sampler ?? graphs.decoder, weights, given, count);
  const { y = new Float32Array(), ...more } = found;
  const each = Object.entries(target.targets ?? { y: target }).map(async ([name, one]) => {
    const means = target.targets ? valuesOf(name, one, found, count) : { data: y, shape: [count, ...one.shape], more };
    const noise = numbers.get(name);
    return [name, noise ? (await drawTarget(one, means, () => noise)).data : means.data] as const;
  });
  return new Map(await Promise.all(each));
};

/** Returns z from the prior, using the given noise. */
const latentsOf = async ({ graphs, engine, weights, given, count }: Omit<Drawing, 'target'>): Promise<Float32Array> => {
  const { noise = new Float32Array() } = given;
  if (!graphs.prior) return noise;
  const { mean = noise, logVar = noise } = await engine.compute(graphs.prior, weights, given, count);
  return mean.map((m, i) => m + Math.exp((logVar[i] ?? 0) / 2) * (noise[i] ?? 0));
};

/** Returns classes as indices if the networks see them one-hot. */
const indexed = (y: Float32Array, target: TargetSignature, count: number): Float32Array => {
  if (!isClasses(target)) return y;
  const classes = target.shape.at(-1) ?? 1;
  return Float32Array.from({ length: count * size(target.dataShape) }, (_, at) => {
    const one = y.subarray(at * classes, (at + 1) * classes);
    return one.indexOf(Math.max(...one));
  });
};

const variance = (values: readonly number[]): number => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
};
