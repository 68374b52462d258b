import type { GraphParam } from '../graph/graph.ts';
import type { OnnxGraph } from '../onnx/graph.ts';
import { rawOffsets } from '../onnx/offsets.ts';
import { tensorOf } from '../onnx/tensor.ts';
import type { StoredParameter } from '../signature.ts';
import type { Weights } from '../weights/weights.ts';

/**
 * A graph whose parameters, until now inputs, are initializers of the same names: since passes saw no values, none of them
 * has been folded into another.
 *
 *     (x, kernel) => y = MatMul(x, Transpose(kernel))  →  (x) => …, with kernel = {…}
 */
export const holding = (graph: OnnxGraph, params: readonly GraphParam[], weights: Weights): OnnxGraph => {
  const names = new Set(params.map(({ name }) => name));
  const held = graph.inputs.flatMap(({ name }) => {
    const weight = names.has(name) && weights.get(name);
    return weight ? [[name, tensorOf('float32', weight.shape, weight.data)] as const] : [];
  });
  return {
    ...graph,
    inputs: graph.inputs.filter(({ name }) => !names.has(name)),
    initializers: new Map([...held, ...graph.initializers]),
  };
};

/** Where the parameters of a graph lie in the bytes of its file. */
export const storedIn = (
  bytes: Uint8Array,
  { initializers }: OnnxGraph,
  params: readonly GraphParam[],
): Record<string, StoredParameter> => {
  const offsets = rawOffsets(bytes);
  const stored = params.flatMap(({ name, shape }) => {
    const offset = initializers.has(name) ? offsets.get(name) : undefined;
    return offset === undefined ? [] : [[name, { offset, shape }] as const];
  });
  return Object.fromEntries(stored);
};
