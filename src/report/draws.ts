import { distributionOf } from '../distributions/data/table.ts';
import type { Graph } from '../graph/graph.ts';
import { normals, stream, uniforms } from '../random.ts';
import { drawTarget } from '../runtime/draw.ts';
import { drawsItself, fileNoise } from '../runtime/file-noise.ts';
import { valuesOf } from '../runtime/several.ts';
import type { Shape } from '../shape/shape.ts';
import { size } from '../shape/size.ts';
import type { TargetSignature } from '../signature.ts';
import type { Weights } from '../weights/weights.ts';
import { latentsOf } from './latents.ts';
import type { Scene } from './scene.ts';
import { written } from './steps.ts';

/** What draws are made of: a model with its weights, and a row of conditions and noise for each. */
export interface Drawing extends Pick<Scene, 'model' | 'graphs' | 'engine' | 'given' | 'seed' | 'count'> {
  readonly target: TargetSignature;
  readonly weights: Weights;
}

/** What is drawn of a target, or its means. */
export interface Drawn {
  readonly data: Float32Array;
  readonly isMean: boolean;
}

/** Draws each target with z from the prior; returns its mean if it does not define how. */
export const drawnBy = async (drawing: Drawing): Promise<ReadonlyMap<string, Drawn>> => {
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
