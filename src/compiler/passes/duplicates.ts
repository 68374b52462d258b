import {
  isGraph,
  isTensor,
  renamed,
  subgraphs,
  type OnnxGraph,
  type OnnxNode,
  type OnnxTensor,
} from '../../onnx/graph.ts';
import { originOf } from '../origin.ts';
import type { Pass } from '../rewrite.ts';

/**
 * Keeps one of several constants with the same elements, and one of several nodes that compute the same.
 *
 *     a = Relu(x); b = Relu(x); y = Add(a, b)  →  a = Relu(x); y = Add(a, a)
 */
export const duplicates: Pass = (graph) => {
  const { graph: swept, changed } = merge(graph, new Map(), new Map());
  return changed ? swept : graph;
};

/**
 * Walks the nodes once, in order. A node is identified by its operator, its attributes and its inputs' names, after
 * replacing each by the first value found equal to it. `outer` holds the known nodes of the surrounding graph: its
 * values may be used inside.
 */
const merge = (
  graph: OnnxGraph,
  outer: ReadonlyMap<string, readonly string[]>,
  outerNames: ReadonlyMap<string, string>,
): { readonly graph: OnnxGraph; readonly changed: boolean } => {
  const known = new Map(outer);
  const names = new Map(outerNames);
  const kept = (name: string): string => names.get(name) ?? name;
  const outputs = new Set(graph.outputs.map(({ name }) => name));
  let changed = false;

  const initializers = new Map<string, OnnxTensor>();
  const contents = new Map<string, { readonly name: string; readonly tensor: OnnxTensor }[]>();
  for (const [name, tensor] of graph.initializers) {
    const key = sketch(tensor);
    const alike = contents.get(key) ?? [];
    const same = alike.find((other) => isSame(other.tensor, tensor));
    if (same) {
      names.set(name, same.name);
      changed = true;
    } else {
      contents.set(key, [...alike, { name, tensor }]);
      initializers.set(name, tensor);
    }
  }

  const nodes: OnnxNode[] = [];
  for (const original of graph.nodes) {
    let node = renamed(original, kept);
    if (subgraphs(node).length > 0) {
      const attributes = Object.entries(node.attributes).map(([key, value]) => {
        if (!isGraph(value)) return [key, value] as const;
        const inner = merge(value, known, names);
        changed ||= inner.changed;
        return [key, inner.graph] as const;
      });
      nodes.push({ ...node, attributes: Object.fromEntries(attributes) });
      continue;
    }
    const key = keyOf(node);
    const same = known.get(key);
    if (!same) known.set(key, node.outputs);
    // An output of the graph must remain the output of a node: it becomes the other's value under its own name.
    else if (node.outputs.some((name) => outputs.has(name))) {
      const [from = ''] = same;
      if (node.op !== 'Identity' && node.outputs.length === 1) {
        node = { ...node, op: 'Identity', inputs: [from], attributes: {} };
        changed = true;
      }
    } else {
      node.outputs.forEach((name, i) => names.set(name, same[i] ?? ''));
      changed = true;
      continue;
    }
    nodes.push(node);
  }
  return { graph: { ...graph, nodes, initializers }, changed };
};

const keyOf = ({ op, inputs, outputs, attributes, flag }: OnnxNode): string => {
  const sorted = Object.entries(attributes)
    .map(([key, value]) => [key, isTensor(value) ? [value.dtype, value.shape, Array.from(value.data, String)] : value])
    .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
  // An omitted output cannot replace one that is used.
  return JSON.stringify([op, inputs, outputs.map((name) => name !== ''), sorted, flag]);
};

/** Returns text that is equal for equal tensors, at little cost: type, shape and a few elements. */
const sketch = ({ dtype, shape, data }: OnnxTensor): string => {
  const step = Math.max(1, Math.floor(data.length / 16));
  const some = Array.from({ length: Math.min(16, data.length) }, (_, i) => String(data[i * step]));
  return `${dtype}[${shape.join()}]${some.join()}`;
};

/**
 * Whether two tensors have the same elements and, if they depend on parameters, which may change, also the same
 * dependence.
 */
const isSame = (a: OnnxTensor, b: OnnxTensor): boolean => {
  if (a === b) return true;
  const [from, to] = [originOf(a), originOf(b)];
  if ((from || to) && JSON.stringify(from) !== JSON.stringify(to)) return false;
  const [x, y] = [a.data, b.data].map((data) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return x !== undefined && y !== undefined && x.every((byte, i) => byte === y[i]);
};
