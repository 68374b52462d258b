import { isGraph, type OnnxGraph, type OnnxNode } from '../../onnx/graph.ts';
import { parametersOf, specOf } from '../../onnx/schema.ts';

/**
 * Leaves out what no output needs: nodes, initializers, inputs of the whole graph, and optional outputs of nodes.
 *
 *     y = Relu(x); w = Exp(x); return y      →  y = Relu(x); return y
 *     y, i = MaxPool(x); return y            →  y = MaxPool(x); return y
 */
export const unused = (graph: OnnxGraph): OnnxGraph => {
  const { graph: swept, needed } = sweep(graph);
  return { ...swept, inputs: graph.inputs.filter(({ name }) => needed.has(name)) };
};

/** A graph without the nodes that its outputs do not need, and the names that it needs, also from around it. */
const sweep = (graph: OnnxGraph): { readonly graph: OnnxGraph; readonly needed: ReadonlySet<string> } => {
  const needed = new Set(graph.outputs.map(({ name }) => name));
  const kept: OnnxNode[] = [];
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((name) => needed.has(name))) continue;
    const attributes = Object.fromEntries(
      Object.entries(node.attributes).map(([key, value]) => {
        if (!isGraph(value)) return [key, value];
        const inner = sweep(value);
        for (const name of inner.needed) needed.add(name);
        return [key, inner.graph];
      }),
    );
    kept.push({ ...node, attributes, outputs: withoutUnused(node, needed) });
    for (const name of node.inputs) if (name !== '') needed.add(name);
  }
  const initializers = new Map([...graph.initializers].filter(([name]) => needed.has(name)));
  return { graph: { ...graph, nodes: kept.toReversed(), initializers }, needed };
};

/** A node's outputs, where those that may be left out, and are not needed, are. */
const withoutUnused = ({ op, outputs }: OnnxNode, needed: ReadonlySet<string>): readonly string[] => {
  const slots = parametersOf(specOf(op)?.outputs ?? {}, Infinity);
  const left = outputs.map((name, i) => (slots[i]?.kind === 'optional' && !needed.has(name) ? '' : name));
  return left.slice(0, left.findLastIndex((name) => name !== '') + 1);
};
