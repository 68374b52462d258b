import { isFloat } from '../../onnx/dtype.ts';
import { subgraphs, type OnnxNode, type ValueType } from '../../onnx/graph.ts';

/** Returns these values, and all floats that nodes compute from them without a stop. */
export const moving = (
  nodes: readonly OnnxNode[],
  types: { get(name: string): ValueType | undefined },
  from: Iterable<string>,
): ReadonlySet<string> => {
  const names = new Set(from);
  for (const node of nodes) {
    if (node.flag === 'stopGradient') continue;
    if (!node.inputs.some((name) => names.has(name)) && captured(node, names).length === 0) continue;
    for (const name of node.outputs) if (isFloat(types.get(name)?.dtype ?? 'bool')) names.add(name);
  }
  return names;
};

/** Returns those of these values of the surrounding graph that graphs inside a node use. */
export const captured = (node: OnnxNode, names: { has(name: string): boolean }): readonly string[] => {
  const found = new Set<string>();
  const stack = [...subgraphs(node)];
  for (let graph = stack.pop(); graph; graph = stack.pop())
    for (const inner of graph.nodes) {
      for (const name of inner.inputs) if (names.has(name)) found.add(name);
      stack.push(...subgraphs(inner));
    }
  return [...found];
};

/** Returns all nodes of the graphs inside nodes. */
export const inside = (nodes: readonly OnnxNode[]): readonly OnnxNode[] =>
  nodes.flatMap((node) => subgraphs(node).flatMap((graph) => [...graph.nodes, ...inside(graph.nodes)]));
