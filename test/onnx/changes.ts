import { DTYPES } from '../../src/onnx/dtype.ts';
import type { AttributeValue, OnnxGraph, OnnxNode } from '../../src/onnx/graph.ts';
import { specOf, type AttributeSpec } from '../../src/onnx/schema.ts';
import { numbersOf, tensorOf } from '../../src/onnx/tensor.ts';

/** A change to a graph, made of two numbers that choose where and what. */
export type Change = (graph: OnnxGraph, where: number, what: number) => OnnxGraph;

const pick = <T>(list: readonly T[], index: number): T | undefined => list[index % Math.max(1, list.length)];

const replace = <T>(list: readonly T[], at: number, change: (item: T) => T): readonly T[] =>
  list.map((item, i) => (i === at % list.length ? change(item) : item));

const nodes = (graph: OnnxGraph, at: number, change: (node: OnnxNode) => OnnxNode): OnnxGraph => ({
  ...graph,
  nodes: replace(graph.nodes, at, change),
});

const SMALL = [-3, -2, -1, 0, 1, 2, 3, 5, 7];

const other = (value: AttributeValue, what: number): AttributeValue => {
  if (typeof value === 'number') return pick(SMALL, what) ?? 0;
  if (typeof value === 'string') return pick(['linear', 'edge', 'max', 'ceil', 'none'], what) ?? '';
  if (!Array.isArray(value)) return value;
  const list: number[] = value.map(Number);
  return replace(list, what, () => pick(SMALL, what * 7 + 1) ?? 0);
};

/** Some value of an attribute's type. */
const any = ({ type, only }: AttributeSpec, what: number): AttributeValue => {
  const number = (at: number): number => pick(SMALL, what * 5 + at * 3) ?? 0;
  switch (type) {
    case 'int':
      return number(0);
    case 'float':
      return number(0) / 2;
    case 'string':
      return pick(only ?? [], what)?.toString() ?? '';
    case 'ints':
    case 'floats':
      return Array.from({ length: what % 5 }, (_, i) => number(i));
    case 'tensor':
      return tensorOf(
        'float32',
        [what % 3],
        Array.from({ length: what % 3 }, (_, i) => number(i)),
      );
    case 'graph':
      return { name: 'g', inputs: [], outputs: [], nodes: [], initializers: new Map() };
  }
};

/** Changes by what they change. */
export const CHANGES: Readonly<Record<string, Change>> = {
  'another value as an input': (graph, where, what) => {
    const names = ['', ...graph.inputs.map(({ name }) => name), ...graph.initializers.keys()];
    return nodes(graph, where, (node) => ({
      ...node,
      inputs: replace(node.inputs, what, () => pick(names, what) ?? ''),
    }));
  },
  'one input less': (graph, where) => nodes(graph, where, (node) => ({ ...node, inputs: node.inputs.slice(0, -1) })),
  'one input twice': (graph, where) =>
    nodes(graph, where, (node) => ({ ...node, inputs: [...node.inputs, ...node.inputs.slice(0, 1)] })),
  'another attribute': (graph, where, what) =>
    nodes(graph, where, (node) => ({
      ...node,
      attributes: Object.fromEntries(
        Object.entries(node.attributes).map(([key, value], i, all) => [
          key,
          i === what % all.length ? other(value, what) : value,
        ]),
      ),
    })),
  'one attribute less': (graph, where) =>
    nodes(graph, where, (node) => ({
      ...node,
      attributes: Object.fromEntries(Object.entries(node.attributes).slice(1)),
    })),
  'one attribute more': (graph, where, what) =>
    nodes(graph, where, (node) => {
      const spec = pick(Object.entries(specOf(node.op)?.attributes ?? {}), what);
      return spec ? { ...node, attributes: { ...node.attributes, [spec[0]]: any(spec[1], what >> 3) } } : node;
    }),
  'another type': (graph, where, what) => ({
    ...graph,
    inputs: replace(graph.inputs, where, (info) => ({ ...info, dtype: pick(DTYPES, what) ?? 'float32' })),
  }),
  'another length': (graph, where, what) => ({
    ...graph,
    inputs: replace(graph.inputs, where, (info) => ({
      ...info,
      shape: replace(info.shape, what, () => pick([1, 2, 3, 4, 8], what) ?? 1),
    })),
  }),
  'one axis less': (graph, where) => ({
    ...graph,
    inputs: replace(graph.inputs, where, (info) => ({ ...info, shape: info.shape.slice(1) })),
  }),
  'lengths that are not told': (graph) => ({
    ...graph,
    inputs: graph.inputs.map((info) => ({
      ...info,
      // A row that may list axes determines how many there are: the rank of the output depends on it.
      shape: info.dtype === 'int64' && info.shape.length === 1 ? info.shape : info.shape.map(() => '?'),
    })),
  }),
  'a constant that is given': (graph, where) => {
    const [name, tensor] = pick([...graph.initializers], where) ?? [];
    if (!name || !tensor) return graph;
    return {
      ...graph,
      inputs: [...graph.inputs, { name, dtype: tensor.dtype, shape: tensor.shape }],
      initializers: new Map([...graph.initializers].filter(([key]) => key !== name)),
    };
  },
  'another number in a constant': (graph, where, what) => ({
    ...graph,
    initializers: new Map(
      [...graph.initializers].map(([name, tensor], i, all) => [
        name,
        i === where % all.length
          ? tensorOf(tensor.dtype, tensor.shape, [
              ...replace([...numbersOf(tensor)], what, () => pick(SMALL, what) ?? 0),
            ])
          : tensor,
      ]),
    ),
  }),
};
