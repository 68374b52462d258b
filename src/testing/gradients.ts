import type * as tfjs from '@tensorflow/tfjs-core';
import { differentiate } from '../compiler/differentiate.ts';
import { noise } from '../dsl/leaves.ts';
import type { Tensor } from '../dsl/tensor.ts';
import type { Graph } from '../graph/graph.ts';
import type { Some } from '../graph/op.ts';
import { add, mul } from '../layers/arithmetic.ts';
import { batchMean, sum } from '../layers/reduce.ts';
import type { OnnxGraph } from '../onnx/graph.ts';
import { run } from '../graph/run.ts';
import { open, runOnnx, runReference, type Engines } from './engines.ts';
import type { Answer, TestTensor, Values } from './values.ts';

/**
 * Returns a scalar that changes with every element of every output: the batch mean of their sum, each weighted by a random
 * number.
 */
export const weighted = (outputs: Readonly<Record<string, Tensor>>): Tensor<[]> =>
  Object.entries(outputs)
    .map(([name, x]) => batchMean(sum(mul(x, noise(`weight/${name}`, 'normal', x, x.shape)))))
    .reduce((a, b) => add(a, b));

/** Computes the gradient of the graph's `loss` with respect to the named values, on each engine. */
export async function gradients(
  { tfjs: backend, onnx }: Engines,
  graph: Graph,
  given: Values,
  by: readonly string[],
): Promise<Some<Answer>> {
  const derived = differentiate(open(graph), { of: 'loss', by });
  const { loss: _, ...outputs } = runReference(derived, given).values;
  const answers: Some<Answer> = [
    { engine: backend.name, values: gradientTfjs(backend.tf, graph, given, by) },
    { engine: 'the ONNX gradient', values: named(outputs) },
  ];
  if (!onnx) return answers;
  const [answer] = await runOnnx(onnx, derived, [given]);
  return answer ? [...answers, { engine: `the ONNX gradient in ${onnx.name}`, values: named(answer.values) }] : answers;
}

/** Selects the gradients among the outputs of a differentiated graph, by the names of the values that they belong to. */
const named = (outputs: Values): Values =>
  Object.fromEntries(
    Object.entries(outputs).flatMap(([name, value]) =>
      name.startsWith('gradient/') ? [[name.slice('gradient/'.length), value] as const] : [],
    ),
  );

function gradientTfjs(tf: typeof tfjs, graph: Graph, given: Values, by: readonly string[]): Values {
  let results: readonly TestTensor[] = [];
  tf.tidy(() => {
    const tensors = new Map(
      Object.entries(given).map(([name, { data, shape }]) => [
        name,
        tf.tensor(Float32Array.from(data), [...shape], 'float32'),
      ]),
    );
    const tensorOf = (name: string): tfjs.Tensor => tensors.get(name) ?? tf.tensor([]);
    const loss = (...wanted: tfjs.Tensor[]): tfjs.Tensor => {
      const all = new Map(tensors);
      by.forEach((name, i) => all.set(name, wanted[i] ?? tensorOf(name)));
      const { loss: found = tf.scalar(NaN) } = run(tf, graph, Object.fromEntries(all), all).outputs;
      // TensorFlow.js refuses to differentiate with respect to a value without effect, whose gradient is 0.
      return wanted.reduce((sum, x) => tf.add(sum, tf.mul(tf.sum(x), 0)), found);
    };
    const found = tf.grads(loss)(by.map(tensorOf));
    results = found.map((g) => ({ shape: g.shape, data: g.dataSync() }));
  });
  return Object.fromEntries(by.map((name, i) => [name, results[i] ?? { shape: [], data: [] }]));
}

/** Returns gradients that are all zero. */
export const none = (given: Values, by: readonly string[]): Values =>
  Object.fromEntries(
    by.map((name) => {
      const { shape = [], data = [] } = given[name] ?? {};
      return [name, { shape, data: new Float64Array(data.length) }];
    }),
  );

/** How many elements of each value are perturbed: differences cost two evaluations each. */
const MOVED = 12;

// In float64 the error is that of the third derivative, times this squared.
const STEP = 1e-4;

/**
 * Computes the gradient by central differences of the reference, (f(x + h) − f(x − h)) / 2h, for some elements of each named
 * value; the others are NaN.
 */
export function differences(graph: OnnxGraph, given: Values, by: readonly string[]): Values {
  const lossAt = (name: string, { shape, data }: TestTensor, index: number, step: number): number => {
    const moved = Float64Array.from(data);
    moved[index] = (moved[index] ?? 0) + step;
    return runReference(graph, { ...given, [name]: { shape, data: moved } }).values['loss']?.data[0] ?? NaN;
  };
  return Object.fromEntries(
    by.map((name) => {
      const value = given[name] ?? { shape: [], data: [] };
      const slopes = new Float64Array(value.data.length).fill(NaN);
      const stride = Math.max(1, slopes.length / MOVED);
      for (let at = 0; at < slopes.length; at += stride) {
        const index = Math.floor(at);
        slopes[index] = (lossAt(name, value, index, STEP) - lossAt(name, value, index, -STEP)) / (2 * STEP);
      }
      return [name, { shape: value.shape, data: slopes }];
    }),
  );
}
