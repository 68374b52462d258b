import { distributionOf } from '../distributions/data/table.ts';
import type { NumbersLook, Taken } from '../formats/look.ts';
import { fillNormals, normals, stream, uniforms } from '../random.ts';
import { drawTarget } from '../runtime/draw.ts';
import { drawsItself, fileNoise } from '../runtime/file-noise.ts';
import { valuesOf } from '../runtime/several.ts';
import type { Graph } from '../graph/graph.ts';
import type { Shape } from '../shape/shape.ts';
import { size } from '../shape/size.ts';
import { isClasses, type TargetSignature } from '../signature.ts';
import { classTexts, elementTexts } from '../values/element-names.ts';
import { maskName } from '../values/mask-name.ts';
import type { Weights } from '../weights/weights.ts';
import { viewOf } from './images.ts';
import { latentsOf } from './latents.ts';
import type { Scene } from './scene.ts';
import { written } from './steps.ts';

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
  const drawn = await drawnBy({ ...scene, target, weights, given: { ...given, noise } });
  // An image among several targets is not shown.
  const elements = all
    .filter(([, one]) => !targets || viewOf(one) === undefined)
    .flatMap(([name, one]) => elementsOf(scene, name, one, drawn.get(name)?.data ?? new Float32Array(), !targets));
  const classes = isClasses(target) ? classTexts(target) : undefined;
  const look: NumbersLook = {
    kind: 'numbers',
    epoch,
    elements,
    of: all.reduce((sum, [, { dataShape }]) => sum + size(dataShape), 0),
    ...(classes && { classes }),
    ...([...drawn.values()].some(({ isMean }) => isMean) && { means: true }),
  };
  return { look, files: new Map() };
}

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

interface Drawing extends Pick<Scene, 'model' | 'graphs' | 'engine' | 'given' | 'seed' | 'count'> {
  readonly target: TargetSignature;
  readonly weights: Weights;
}

/** What is drawn of a target, or its means. */
interface Drawn {
  readonly data: Float32Array;
  readonly isMean: boolean;
}

/** Draws each target with z from the prior; returns its mean if it does not define how. */
const drawnBy = async (drawing: Drawing): Promise<ReadonlyMap<string, Drawn>> => {
  const { graphs, target, seed, count } = drawing;
  const { y = new Float32Array(), ...more } = await computed(drawing);
  const inputs = inputsOf(graphs.draw);
  const isDrawn = (name: string): boolean =>
    graphs.step !== undefined || (target.targets ? drawsItself(name, { inputs }) : graphs.draw !== undefined);
  const each = Object.entries(target.targets ?? { y: target }).map(async ([name, one]): Promise<[string, Drawn]> => {
    const means = target.targets ? valuesOf(name, one, more, count) : { data: y, shape: [count, ...one.shape], more };
    const { draws } = distributionOf(one);
    if (isDrawn(name) || typeof draws !== 'object') return [name, { data: means.data, isMean: !isDrawn(name) }];
    const key = stream(seed, 'look', name);
    const noise = (draws.noise === 'normal' ? normals : uniforms)(key, count, size(one.dataShape));
    return [name, { data: (await drawTarget(one, means, () => noise)).data, isMean: false }];
  });
  return new Map(await Promise.all(each));
};

const inputsOf = (graph: Graph | undefined): Readonly<Record<string, Shape>> =>
  Object.fromEntries(graph?.inputs.map(({ name, shape }) => [name, shape]) ?? []);

/** Computes what files would return: draws step by step, or by a graph that takes noise, or means. */
const computed = async (drawing: Drawing): Promise<Readonly<Record<string, Float32Array>>> => {
  const { model, graphs, engine, target, weights, given, seed, count } = drawing;
  if (graphs.step) {
    const conditions = Object.fromEntries(
      Object.entries(given).filter(([name]) => Object.hasOwn(model.condition, name)),
    );
    const noise = uniforms(stream(seed, 'look', 'y'), count, size(target.dataShape));
    return written(drawing, target, weights, { ...conditions, z: await latentsOf(drawing) }, count, noise);
  }
  if (graphs.draw) {
    const noise = fileNoise(
      { conditions: model.condition },
      { inputs: inputsOf(graphs.draw) },
      { seed, count, first: 0 },
    );
    const own = Object.fromEntries(Object.entries(noise).map(([name, { data }]) => [name, data]));
    return engine.compute(graphs.draw, weights, { ...given, ...own, z: await latentsOf(drawing) }, count);
  }
  const generator = graphs.sampler ?? graphs.decoder;
  if (!generator) throw new Error('a model without a decoder');
  return engine.compute(generator, weights, given, count);
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
