import { isGraph, type OnnxGraph, type OnnxNode } from '../../onnx/graph.ts';
import { Names } from '../../onnx/names.ts';
import type { Pass } from '../rewrite.ts';

/**
 * Names nodes and values as the builder does, after other passes have left some with the names of what they replaced: a
 * node by its scope and its operator, and its outputs by the node. Inputs, outputs and parameters keep their names.
 *
 *     [a/Transpose_2] "x_3" = Reshape (x)  →  [a/Reshape] "a/Reshape:0" = Reshape (x)
 */
export const names: Pass = (graph) => {
  const nodes = new Map<OnnxNode, string>();
  const values = new Map<string, string>();
  const taken = new Names();
  const takenByNodes = new Names();
  for (const { name } of [...graph.inputs, ...graph.outputs]) taken.claim(name);
  const given = new Set([...graph.inputs, ...graph.outputs].map(({ name }) => name));

  const call = (within: OnnxGraph): void => {
    for (const name of within.initializers.keys()) values.set(name, taken.fresh(constantName(name)));
    if (within !== graph) for (const { name } of within.inputs) values.set(name, taken.fresh(name));
    for (const node of within.nodes) {
      const name = takenByNodes.fresh(`${node.name.slice(0, node.name.lastIndexOf('/') + 1)}${node.op}`);
      nodes.set(node, name);
      node.outputs.forEach((output, i) => {
        if (output !== '' && !given.has(output)) values.set(output, taken.fresh(`${name}:${i}`));
      });
      for (const value of Object.values(node.attributes)) if (isGraph(value)) call(value);
    }
  };
  call(graph);
  const unchanged = [...nodes].every(([{ name }, to]) => name === to) && [...values].every(([from, to]) => from === to);
  return unchanged ? graph : rename(graph, nodes, values);
};

/**
 * Returns a small constant's name, which shows its content; a later duplicate loses its number if the first is gone.
 */
const constantName = (name: string): string => name.replace(/^(constant\/\w+(?:\(.*\)|\[.*\]))_\d+$/, '$1');

const rename = (
  graph: OnnxGraph,
  nodes: ReadonlyMap<OnnxNode, string>,
  values: ReadonlyMap<string, string>,
): OnnxGraph => {
  const to = (name: string): string => values.get(name) ?? name;
  const info = <T extends { readonly name: string }>(value: T): T => ({ ...value, name: to(value.name) });
  return {
    ...graph,
    inputs: graph.inputs.map(info),
    outputs: graph.outputs.map(info),
    nodes: graph.nodes.map((node) => {
      const attributes = Object.entries(node.attributes).map(
        ([key, value]) => [key, isGraph(value) ? rename(value, nodes, values) : value] as const,
      );
      return {
        ...node,
        name: nodes.get(node) ?? node.name,
        inputs: node.inputs.map(to),
        outputs: node.outputs.map(to),
        attributes: Object.fromEntries(attributes),
      };
    }),
    initializers: new Map([...graph.initializers].map(([name, tensor]) => [to(name), tensor])),
  };
};
