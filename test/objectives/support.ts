import {
  bernoulli,
  categorical,
  concat,
  continuous,
  cvae,
  dense,
  gaussian,
  normal,
  sub,
  tanh,
  type Model,
} from 'cvae-compile';
import type { Objective, Optimiser } from 'cvae-compile/train';
import { differentiate } from '../../src/compiler/differentiate.ts';
import { lower } from '../../src/compiler/lower.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { resolve } from '../../src/graph/resolve.ts';
import { evaluate } from '../../src/onnx/evaluate.ts';
import type { OnnxTensor } from '../../src/onnx/graph.ts';
import { normals, stream, uniforms } from '../../src/random.ts';
import { size } from '../../src/shape/size.ts';

/** A small model of everything: a learned prior, a smooth activation, 6 pixels that are coins. */
export const coins = cvae({
  condition: { kind: categorical(3) },
  target: bernoulli(6),
  latent: 2,
  prior: ({ kind }) => kind.pipe(dense(4), tanh, gaussian(2)),
  recognition: ({ y, kind }) => concat(y, kind).pipe(dense(5), tanh, gaussian(2)),
  decoder: ({ z, kind }) => concat(z, kind).pipe(dense(5), tanh, dense(6)),
});

/** The same with a prior of unit variance, and a normal target whose deviation is learned. */
export const numbers = cvae({
  condition: { x: continuous(2) },
  target: normal(3, { sigma: 'learned' }),
  latent: 2,
  prior: ({ x }) => x.pipe(gaussian(2, { variance: 1 })),
  recognition: ({ y, x }) => concat(y, x).pipe(dense(4), tanh, gaussian(2)),
  decoder: ({ z, x }) => concat(z, x).pipe(dense(4), tanh, gaussian(3)),
});

/** Numbers for all inputs and parameters of a graph: drawn by their names, so that graphs that share a name share numbers. */
export const feedsOf = (graph: Graph, count: number, seed = 1): Record<string, OnnxTensor> => {
  const feeds: Record<string, OnnxTensor> = {};
  for (const { name, shape, lead, role, noise } of graph.inputs) {
    const dims = lead === 0 ? shape : [count * lead, ...shape];
    const key = stream(seed, name);
    const coin = noise === 'uniform' || name === 'y' || name === 'mask' || role === 'scalar';
    const data = coin ? uniforms(key, 1, size(dims)) : normals(key, 1, size(dims));
    feeds[name] = { dtype: 'float64', shape: dims, data: Float64Array.from(data) };
  }
  for (const { name, shape } of graph.params) {
    const scale = name.startsWith('scaling/') ? 0 : 0.4;
    const data = normals(stream(seed, name), 1, size(shape)).map(
      (v) => v * scale + (name.endsWith('deviation') ? 1 : 0),
    );
    feeds[name] = { dtype: 'float64', shape, data: Float64Array.from(data) };
  }
  return feeds;
};

/** An objective as it trains, resolved for a model. */
export const graphOf = (objective: Objective, model: Model): Graph => resolve(objective.body(model), { mode: 'train' });

/** An objective's numbers in float64. */
export const valuesOf = (graph: Graph, feeds: Readonly<Record<string, OnnxTensor>>): Record<string, number> =>
  Object.fromEntries(
    Object.entries(evaluate(lower(graph, 'inputs'), feeds)).map(([name, { data }]) => [name, Number(data[0])]),
  );

/** The gradient of an objective's loss by each trained parameter: reverse mode through its ONNX operators, in float64. */
export const gradientsOf = (graph: Graph, feeds: Readonly<Record<string, OnnxTensor>>): Record<string, number[]> => {
  const by = graph.params.filter((p) => p.trainable).map((p) => p.name);
  const results = evaluate(differentiate(lower(graph, 'inputs'), { of: 'loss', by }), feeds);
  return Object.fromEntries(by.map((name) => [name, Array.from(results[`gradient/${name}`]?.data ?? [], Number)]));
};

/** The same by central differences: (f(θ + h) − f(θ − h)) / 2h. */
export const differencesOf = (
  graph: Graph,
  feeds: Readonly<Record<string, OnnxTensor>>,
  name: string,
  h = 1e-5,
): number[] => {
  const tensor = feeds[name];
  if (!tensor) throw new Error(`no ${name}`);
  const onnx = lower(graph, 'inputs');
  const loss = (index: number, by: number): number => {
    const data = Float64Array.from(tensor.data, Number);
    data[index] = (data[index] ?? 0) + by;
    return Number(evaluate(onnx, { ...feeds, [name]: { ...tensor, dtype: 'float64', data } })['loss']?.data[0]);
  };
  return Array.from({ length: size(tensor.shape) }, (_, i) => (loss(i, h) - loss(i, -h)) / (2 * h));
};

/** An optimiser that takes the gradient itself off a parameter, so that a step shows it. */
export const bare: Optimiser = {
  name: 'bare',
  state: [],
  scalars: () => ({ one: 1 }),
  update: ({ parameter, gradient }) => {
    if (!parameter || !gradient) throw new Error('bare: an input is missing');
    return { parameter: sub(parameter, gradient) };
  },
};
