import { numbers } from '../../onnx/defaults.ts';
import { isGraph, type OnnxGraph, type OnnxNode } from '../../onnx/graph.ts';
import { scanOf } from '../../onnx/scan-node.ts';
import type { Pass } from '../rewrite.ts';
import { parametersOf, specOf } from '../../onnx/schema.ts';

/**
 * Removes everything that no output needs: nodes, initializers, inputs of the whole graph, optional outputs of nodes,
 * and what a Scan stacks.
 *
 *     y = Relu(x); w = Exp(x); return y      →  y = Relu(x); return y
 *     y, i = MaxPool(x); return y            →  y = MaxPool(x); return y
 */
export const unused: Pass = (graph) => {
  const { graph: swept, needed, changed } = sweep(graph);
  const inputs = graph.inputs.filter(({ name }) => needed.has(name));
  return changed || inputs.length < graph.inputs.length ? { ...swept, inputs } : graph;
};

/** Returns a graph without nodes and stacked outputs that its outputs do not need; all inputs stay. */
export const swept = (graph: OnnxGraph): OnnxGraph => ({ ...sweep(graph).graph, initializers: graph.initializers });

interface Swept {
  readonly graph: OnnxGraph;
  /** The names that the graph needs, including those of the surrounding graph. */
  readonly needed: ReadonlySet<string>;
  readonly changed: boolean;
}

/** Returns a graph without the nodes that its outputs do not need. */
const sweep = (graph: OnnxGraph): Swept => {
  const needed = new Set(graph.outputs.map(({ name }) => name));
  const kept: OnnxNode[] = [];
  let changed = false;
  for (const original of graph.nodes.toReversed()) {
    if (!original.outputs.some((name) => needed.has(name))) {
      changed = true;
      continue;
    }
    const node = original.op === 'Scan' ? stackingLess(original, needed) : original;
    changed ||= node !== original;
    const attributes = Object.entries(node.attributes).map(([key, value]) => {
      if (!isGraph(value)) return [key, value] as const;
      const inner = sweep(value);
      changed ||= inner.changed;
      for (const name of inner.needed) needed.add(name);
      return [key, inner.graph] as const;
    });
    const outputs = withoutUnused(node, needed);
    changed ||= outputs.length < node.outputs.length || outputs.some((name, i) => name !== node.outputs[i]);
    kept.push({ ...node, attributes: Object.fromEntries(attributes), outputs });
    for (const name of node.inputs) if (name !== '') needed.add(name);
  }
  const initializers = new Map([...graph.initializers].filter(([name]) => needed.has(name)));
  changed ||= initializers.size < graph.initializers.size;
  return { graph: { ...graph, nodes: kept.toReversed(), initializers }, needed, changed };
};

/** Returns a node's outputs without those that are optional and not needed. */
const withoutUnused = ({ op, outputs }: OnnxNode, needed: ReadonlySet<string>): readonly string[] => {
  const slots = parametersOf(specOf(op)?.outputs ?? {}, Infinity);
  const left = outputs.map((name, i) => (slots[i]?.kind === 'optional' && !needed.has(name) ? '' : name));
  return left.slice(0, left.findLastIndex((name) => name !== '') + 1);
};

/** Returns a Scan without the stacked outputs that are not needed. */
const stackingLess = (node: OnnxNode, needed: ReadonlySet<string>): OnnxNode => {
  const { body, states } = scanOf(node);
  const stays = node.outputs.map((name, i) => i < states || needed.has(name));
  if (stays.every(Boolean)) return node;
  const kept = <T>(list: readonly T[], from = 0): readonly T[] => list.filter((_, i) => stays[from + i]);
  const lists = ['scan_output_axes', 'scan_output_directions'].flatMap((key) => {
    const list = numbers(node, key);
    return list ? [[key, kept(list, states)] as const] : [];
  });
  return {
    ...node,
    outputs: kept(node.outputs),
    attributes: {
      ...node.attributes,
      ...Object.fromEntries(lists),
      body: { ...body, outputs: kept(body.outputs) },
    },
  };
};
