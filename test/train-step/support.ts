import * as ort from 'onnxruntime-node';
import type { Model } from '../../src/dsl/model.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { resolve } from '../../src/graph/resolve.ts';
import { fillNormals, fillUniforms, stream } from '../../src/random.ts';
import { size } from '../../src/shape/size.ts';
import type { TrainingEngine, StepInput } from '../../src/train/engine.ts';
import { usual } from '../../src/train/objectives/likelihood.ts';
import { onnxEngine } from '../../src/train/onnx-engine.ts';
import type { Optimiser } from '../../src/train/optimiser.ts';
import type { Weights } from '../../src/weights/weights.ts';

/** onnxruntime's engine in one thread: what it gives does not depend on how many cores a machine has. */
export const onnx = (): TrainingEngine =>
  onnxEngine({
    ort: { InferenceSession: ort.InferenceSession, Tensor: ort.Tensor },
    name: 'onnxruntime-node',
    version: '',
    provider: 'cpu',
    threads: 1,
  });

/** A model's objective as training resolves it. */
export const objectiveOf = (model: Model): Graph => resolve(usual(model).body(model), { mode: 'train' });

/** First weights, from a seed. */
export const weightsOf = (graph: Graph, seed = 1): Weights =>
  new Map(
    graph.params.map(({ name, shape, init }) => [name, { shape, data: init(shape, stream(seed, 'init', name)) }]),
  );

/** What a step is given, drawn from its number. */
export const inputOf = (graph: Graph, optimiser: Optimiser, step: number, count: number, rate = 1e-2): StepInput => ({
  values: Object.fromEntries(
    graph.inputs.map(({ name, shape, lead, role, noise }) => {
      const values = new Float32Array((lead > 0 ? count * lead : 1) * size(shape));
      const fill = role === 'noise' && noise === 'normal' ? fillNormals : fillUniforms;
      return [name, fill(values, stream(step, name), size(shape))];
    }),
  ),
  count,
  scalars: optimiser.scalars(step, rate),
});

/** The largest difference between two sets of weights, relative to the largest number in them. */
export const apart = (a: Weights, b: Weights): number => {
  let [worst, largest] = [0, 0];
  for (const [name, { data }] of b)
    for (const [i, value] of data.entries()) {
      worst = Math.max(worst, Math.abs(value - (a.get(name)?.data[i] ?? NaN)));
      largest = Math.max(largest, Math.abs(value));
    }
  return worst / largest;
};
