import type * as tfjs from '@tensorflow/tfjs-core';
import { valuesOf, type Graph } from './graph.ts';
import { each, type Tf } from './op.ts';

/** Computes a graph's outputs and updates with TensorFlow.js, from tensors of its inputs and parameters by name. */
export function run(
  tf: Tf,
  graph: Graph,
  inputs: Readonly<Record<string, tfjs.Tensor>>,
  params: ReadonlyMap<string, tfjs.Tensor>,
): { readonly outputs: Record<string, tfjs.Tensor>; readonly updates: Record<string, tfjs.Tensor> } {
  const known = valuesOf(graph);
  const values = new Map<number, tfjs.Tensor>();
  const valueOf = (id: number): tfjs.Tensor => values.get(id) ?? missing(`value ${id}`);
  const siteOf = (id: number) => known.get(id) ?? missing(`value ${id}`);
  for (const { id, name } of graph.inputs) values.set(id, inputs[name] ?? missing(name));
  for (const { id, name } of graph.params) values.set(id, params.get(name) ?? missing(name));
  for (const { id, shape, data } of graph.constants) values.set(id, tf.tensor(data, [...shape], 'float32'));
  for (const { id, op, inputs: from, attrs, params: owned, shape, lead } of graph.steps) {
    const site = { shapes: each(from, (i) => siteOf(i).shape), leads: each(from, (i) => siteOf(i).lead), shape, lead };
    const own = Object.fromEntries(Object.entries(owned).map(([name, i]) => [name, valueOf(i)]));
    values.set(id, op.run(tf, each(from, valueOf), attrs, own, site));
  }
  const named = (ids: Readonly<Record<string, number>>) =>
    Object.fromEntries(Object.entries(ids).map(([name, id]) => [name, valueOf(id)]));
  return { outputs: named(graph.outputs), updates: named(graph.updates) };
}

/**
 * Returns a graph's outputs with a row for each of `count` examples, as files give them: what does not depend on the example,
 * such as a parameter, is repeated.
 */
export function forRows(
  graph: Graph,
  outputs: Readonly<Record<string, Float32Array>>,
  count: number,
): Record<string, Float32Array> {
  const known = valuesOf(graph);
  const isShared = (name: string): boolean => known.get(graph.outputs[name] ?? NaN)?.lead === 0;
  return Object.fromEntries(
    Object.entries(outputs).map(([name, data]) => [name, isShared(name) ? repeated(data, count) : data]),
  );
}

const repeated = (data: Float32Array, count: number): Float32Array => {
  const all = new Float32Array(data.length * count);
  for (let row = 0; row < count; row++) all.set(data, row * data.length);
  return all;
};

const missing = (what: string): never => {
  throw new Error(`run: ${what} was not given`);
};
