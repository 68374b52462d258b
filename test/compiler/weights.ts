import type { Model } from '../../src/dsl/model.ts';
import type { GraphParam } from '../../src/graph/graph.ts';
import { inference, type Inference } from '../../src/layers/inference.ts';
import { networkGraphs } from '../../src/dsl/print.ts';
import { fillNormals, stream } from '../../src/random.ts';
import type { Weights } from '../../src/weights/weights.ts';

/** Weights of a model as it is before training: the same seed, the same weights. */
const initialWeights = (model: Model, seed = 1): Weights =>
  new Map(
    paramsOf(model).map(({ name, shape, init }) => [name, { shape, data: init(shape, stream(seed, 'init', name)) }]),
  );

/**
 * Weights as a trained model has them: no bias is 0 and no running variance 1 any more. Kernels are as they started, which
 * keeps values in the range that they have in use.
 */
export const trainedWeights = (model: Model, seed = 1): Weights => {
  const known = drawn.get(model) ?? new Map<number, Weights>();
  drawn.set(model, known);
  const weights = known.get(seed) ?? drawTrained(model, seed);
  known.set(seed, weights);
  return weights;
};

/** Drawing the weights of a large model takes as long as compiling it: the tests of a process share them. */
const drawn = new WeakMap<Model, Map<number, Weights>>();

const drawTrained = (model: Model, seed: number): Weights =>
  new Map(
    [...initialWeights(model, seed)].map(([name, { shape, data }]) => {
      if (shape.length > 1) return [name, { shape, data }];
      const noise = fillNormals(new Float32Array(data.length), stream(seed, 'trained', name));
      const positive = /variance$|deviation$/.test(name);
      return [
        name,
        { shape, data: data.map((v, i) => v + 0.1 * (positive ? Math.abs(noise[i] ?? 0) : (noise[i] ?? 0))) },
      ];
    }),
  );

const paramsOf = (model: Model): readonly GraphParam[] => {
  const { decoder, prior, baseline, sampler, recognition }: Inference = inference(model);
  // Those that only training uses, such as the heads of other scales, are among a file's weights too.
  const graphs = [decoder, prior, baseline, sampler, recognition, ...networkGraphs(model)].flatMap(
    (graph) => graph ?? [],
  );
  return [...new Map(graphs.flatMap(({ params }) => params.map((p) => [p.name, p] as const))).values()];
};
