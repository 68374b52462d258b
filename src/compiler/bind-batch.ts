import { isGraph, type Dim, type OnnxGraph, type OnnxNode, type ValueInfo } from '../onnx/graph.ts';
import { BATCH } from './lower.ts';

/**
 * Writes the number of examples into a graph's shapes. onnxruntime plans the memory of values whose length it does not
 * know in time that grows with the square of their number: seconds for some thousand nodes, instead of tenths.
 *
 *     [4*N, 784], with N = 32  →  [128, 784]
 */
export const bindBatch = (graph: OnnxGraph, count: number): OnnxGraph => ({
  ...graph,
  inputs: graph.inputs.map((info) => bound(info, count)),
  outputs: graph.outputs.map((info) => bound(info, count)),
  nodes: graph.nodes.map((node) => inside(node, count)),
});

const inside = (node: OnnxNode, count: number): OnnxNode => ({
  ...node,
  attributes: Object.fromEntries(
    Object.entries(node.attributes).map(([key, value]) => [key, isGraph(value) ? bindBatch(value, count) : value]),
  ),
});

const bound = (info: ValueInfo, count: number): ValueInfo => ({
  ...info,
  shape: info.shape.map((dim) => lengthOf(dim, count)),
});

/** Returns a dimension with a number in place of the batch: as lowering writes them, `N`, or a multiple such as `4*N`. */
const lengthOf = (dim: Dim, count: number): Dim => {
  if (typeof dim === 'number') return dim;
  const [last, ...factors] = dim.split('*').reverse();
  if (last !== BATCH || factors.some((factor) => !/^\d+$/.test(factor))) return dim;
  return factors.reduce((product, factor) => product * Number(factor), count);
};
