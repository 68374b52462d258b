import { own } from '../values/own.ts';
import type * as tfjs from '@tensorflow/tfjs-core';
import type { Values } from './engine.ts';
import type { TrainingBackend } from './verification.ts';
import type { Model } from '../dsl/model.ts';
import { valuesOf, type Graph } from '../graph/graph.ts';
import { evaluation } from '../layers/estimation.ts';
import { inference } from '../layers/inference.ts';
import type { Part } from '../signature.ts';
import { loadBackend } from '../train/backend.ts';
import { forRows, run } from '../graph/run.ts';
import type { Weights } from '../weights/weights.ts';

/** Returns a backend that computes a model with tfjs-node, to compare its ONNX files with; undefined if that is not installed. */
export async function trainingBackend(
  model: Model,
  weights: Weights,
  samples?: number,
): Promise<TrainingBackend | undefined> {
  // Plain JavaScript would take minutes for a large model, and the reference has already been compared.
  const loaded = await loadBackend('tfjs-node').catch(() => undefined);
  if (loaded === undefined) return undefined;
  const { tf, name } = loaded;
  const { decoder, ...others } = inference(model);
  const graphs: Readonly<Partial<Record<Part, Graph>>> = {
    ...(decoder && { decoder, predictor: decoder }),
    ...others,
    ...(samples !== undefined && { evaluation: evaluation(model, samples) }),
  };
  const params = new Map([...weights].map(([key, { shape, data }]) => [key, tf.tensor(data, [...shape], 'float32')]));
  return {
    name,
    run: async (part, inputs) => {
      const graph = graphs[part];
      if (graph === undefined) return {};
      const shapes = valuesOf(graph);
      return tf.tidy(() => {
        const values = graph.inputs.map(
          (input) => [input.name, tensorOf(tf, input.shape, inputs, input.name)] as const,
        );
        const { outputs } = run(tf, graph, Object.fromEntries(values), params);
        const rows = rowsIn(inputs);
        const data = Object.entries(outputs).map(([key, t]) => [key, Float32Array.from(t.dataSync())] as const);
        return Object.fromEntries(
          Object.entries(forRows(graph, Object.fromEntries(data), rows)).map(([key, all]) => [
            key,
            { data: all, shape: [rows, ...(shapes.get(graph.outputs[key] ?? NaN)?.shape ?? [])] },
          ]),
        );
      });
    },
  };
}

/** An input without effect is not among the file's inputs: zeros replace it. */
const tensorOf = (tf: typeof tfjs, shape: readonly number[], inputs: Values, name: string): tfjs.Tensor => {
  const given = own(inputs, name);
  return given ? tf.tensor(given.data, [...given.shape], 'float32') : tf.zeros([rowsIn(inputs), ...shape]);
};

const rowsIn = (inputs: Values): number => Object.values(inputs)[0]?.shape[0] ?? 1;
