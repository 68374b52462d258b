import { distributionOf } from '../distributions/data/table.ts';
import type { NumbersLook, Taken } from '../formats/look.ts';
import type { NoiseKind } from '../dsl/target.ts';
import { fillNormals, normals, stream, uniforms } from '../random.ts';
import { drawTarget } from '../runtime/draw.ts';
import { withoutZero } from '../runtime/file-noise.ts';
import { size } from '../shape/size.ts';
import { isClasses, type TargetSignature } from '../signature.ts';
import { classTexts, elementTexts } from '../values/element-names.ts';
import type { Weights } from '../weights/weights.ts';
import type { Scene } from './scene.ts';
import { written } from './steps.ts';

const SHOWN = 6;

/** Draws y for each example, with z from the prior; its mean if the target does not define how to draw. */
export async function drawNumbers(
  { model, graphs, engine, seed, given, count }: Scene,
  target: TargetSignature,
  weights: Weights,
  epoch: number,
): Promise<Taken> {
  const noise = fillNormals(new Float32Array(count * model.latent), stream(seed, 'look'), model.latent);
  const length = size(target.dataShape);
  const { draws } = distributionOf(target);
  const own = model.target.draws?.noises;
  const kinds = own ?? (typeof draws === 'object' ? [draws.noise] : []);
  const key = stream(seed, 'look', 'y');
  const numbers = new Map(
    kinds.map((kind) => [kind, (kind === 'normal' ? normals : uniforms)(key, count, length)] as const),
  );
  const scene = { graphs, engine, target, weights, given: { ...given, noise }, count };
  const drawn = graphs.step ? await inSteps(scene, uniforms(key, count, length)) : await drawnBy(scene, numbers);
  const truth = indexed(given['y'] ?? new Float32Array(), target, count);
  const column = (values: Float32Array, j: number): readonly number[] =>
    Array.from({ length: count }, (_, row) => Number((values[row * length + j] ?? 0).toPrecision(5)));
  const texts = elementTexts('y', target);
  const elements = Array.from({ length }, (_, j) => j)
    .map((j) => ({ j, spread: variance(column(truth, j)) }))
    .sort((a, b) => b.spread - a.spread)
    .slice(0, SHOWN)
    .map(({ j }) => j)
    .sort((a, b) => a - b)
    .map((j) => ({ name: texts[j] ?? 'y', truth: column(truth, j), drawn: column(drawn, j) }));
  const classes = isClasses(target) ? classTexts(target) : undefined;
  const look: NumbersLook = {
    kind: 'numbers',
    epoch,
    elements,
    of: length,
    ...(classes && { classes }),
    ...(kinds.length === 0 && { means: true }),
  };
  return { look, files: new Map() };
}

interface Drawing extends Pick<Scene, 'graphs' | 'engine' | 'given' | 'count'> {
  readonly target: TargetSignature;
  readonly weights: Weights;
}

/** Draws y with z from the prior and these random numbers; without them, returns its mean. */
const drawnBy = async (
  { graphs, engine, target, weights, given, count }: Drawing,
  numbers: ReadonlyMap<NoiseKind, Float32Array>,
): Promise<Float32Array> => {
  const [only] = numbers.values();
  if (only !== undefined && graphs.draw) {
    const z = await latentsOf({ graphs, engine, weights, given, count });
    const noise = Object.fromEntries(
      [...numbers].map(([kind, own]) => [kind, kind === 'uniform' ? withoutZero(own) : own]),
    );
    const { y = new Float32Array() } = await engine.compute(graphs.draw, weights, { ...given, ...noise, z }, count);
    return y;
  }
  const generator = graphs.sampler ?? graphs.decoder;
  if (!generator) throw new Error('a model without a decoder');
  const { y = new Float32Array(), ...more } = await engine.compute(generator, weights, given, count);
  if (only === undefined) return y;
  const means = { data: y, shape: [count, ...target.shape], more };
  return (await drawTarget(target, means, () => only)).data;
};

/** Draws y step by step, with z from the prior. */
const inSteps = async ({ target, weights, ...rest }: Drawing, noise: Float32Array): Promise<Float32Array> => {
  const { noise: _, y: __, mask: ___, ...conditions } = rest.given;
  const z = await latentsOf({ ...rest, weights });
  return written(rest, target, weights, { ...conditions, z }, rest.count, noise);
};

/** Returns z from the prior, using the given noise. */
export const latentsOf = async ({
  graphs,
  engine,
  weights,
  given,
  count,
}: Omit<Drawing, 'target'>): Promise<Float32Array> => {
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
