import { numbers } from '../../onnx/defaults.ts';
import { isGraph, type OnnxGraph, type OnnxNode, type ValueInfo, type ValueType } from '../../onnx/graph.ts';
import { scanOf } from '../../onnx/scan-node.ts';
import { swept } from '../passes/unused.ts';

/** Returns the name of a Scan's output that holds a value of its body at every step. */
export const tapeName = (node: OnnxNode, name: string): string => `${node.name}/tape/${name}`;

/** Returns the values of a body that a Scan keeps for its gradient: the state at the start of a step, and all results. */
export const tapedNames = (body: OnnxGraph, states: number): readonly string[] => [
  ...body.inputs.slice(0, states).map(({ name }) => name),
  ...body.nodes.flatMap(({ outputs }) => outputs.filter((name) => name !== '')),
];

/**
 * Returns a node in which each Scan has an output more for each value of its body, stacked over the steps. Those that
 * no gradient reads are removed once it is known which these are. Adds the types of the outputs to `types`.
 */
export const taped = (node: OnnxNode, types: Map<string, ValueType>): OnnxNode => {
  const attributes = Object.fromEntries(
    Object.entries(node.attributes).map(([key, value]) => [
      key,
      isGraph(value) ? { ...value, nodes: value.nodes.map((inner) => taped(inner, types)) } : value,
    ]),
  );
  return node.op === 'Scan' ? recording({ ...node, attributes }, types) : { ...node, attributes };
};

const recording = (node: OnnxNode, types: Map<string, ValueType>): OnnxNode => {
  const { body, states } = scanOf(node);
  const own = new Set([...body.inputs, ...body.outputs].map(({ name }) => name));
  const names = tapedNames(body, states);
  const copies: OnnxNode[] = [];
  const infos = names.map((name): ValueInfo => {
    const type = types.get(name);
    if (!type) throw new Error(`${node.name}: ${name} has no type`);
    types.set(tapeName(node, name), { ...type, shape: ['?', ...type.shape] });
    if (!own.has(name)) return { name, ...type };
    // A value cannot be an output twice, nor can an input be one.
    const copy = `${tapeName(node, name)}:value`;
    copies.push({ name: `${copy}/Identity`, op: 'Identity', inputs: [name], outputs: [copy], attributes: {} });
    return { name: copy, ...type };
  });
  const longer = (key: string) => {
    const list = numbers(node, key);
    return list ? { [key]: [...list, ...names.map(() => 0)] } : {};
  };
  return {
    ...node,
    outputs: [...node.outputs, ...names.map((name) => tapeName(node, name))],
    attributes: {
      ...node.attributes,
      ...longer('scan_output_axes'),
      ...longer('scan_output_directions'),
      body: { ...body, nodes: [...body.nodes, ...copies], outputs: [...body.outputs, ...infos] },
    },
  };
};

/** Removes what was recorded and is not read, if anything was. */
export const withoutTapes = (graph: OnnxGraph): OnnxGraph =>
  graph.nodes.some(({ op }) => op === 'Scan') ? swept(graph) : graph;

/** Moves the constants of nested graphs into the outermost one, where gradients can use them too. */
export const withoutInnerConstants = (graph: OnnxGraph): OnnxGraph => {
  const initializers = new Map(graph.initializers);
  const bare = (held: OnnxGraph): OnnxGraph => {
    for (const [name, tensor] of held.initializers) initializers.set(name, tensor);
    return { ...held, initializers: new Map(), nodes: held.nodes.map(without) };
  };
  const without = (node: OnnxNode): OnnxNode => ({
    ...node,
    attributes: Object.fromEntries(
      Object.entries(node.attributes).map(([key, value]) => [key, isGraph(value) ? bare(value) : value]),
    ),
  });
  const nodes = graph.nodes.map(without);
  return { ...graph, nodes, initializers };
};
