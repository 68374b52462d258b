import { InvalidData } from '../errors.ts';
import { invalid } from './attributes.ts';
import { written } from './dims.ts';
import { isFloat } from './dtype.ts';
import { subgraphs, type OnnxGraph, type OnnxNode, type OnnxTensor, type ValueInfo } from './graph.ts';
import { CONTROL_KERNELS } from './reference/control.ts';
import { ELEMENTWISE_KERNELS } from './reference/elementwise.ts';
import { NETWORKS_KERNELS } from './reference/networks.ts';
import type { Kernel, Numbers } from './reference/numbers.ts';
import { SHAPES_KERNELS } from './reference/shapes.ts';
import { isOperator, type Operator } from './schema.ts';
import { numbersOf, tensorOf } from './tensor.ts';

const KERNELS: Readonly<Record<Operator, Kernel>> = {
  ...ELEMENTWISE_KERNELS,
  ...SHAPES_KERNELS,
  ...NETWORKS_KERNELS,
  ...CONTROL_KERNELS,
};

/** What evaluate may be told. */
export interface EvaluateOptions {
  /** Is given what each node of the graph has computed, in order; nodes of graphs within it are not shown. */
  readonly onNode?: (node: OnnxNode, outputs: Readonly<Record<string, OnnxTensor>>) => void;
}

/**
 * What a graph gives for these inputs, in plain loops and float64 throughout: values of any float type are neither rounded
 * nor stored in it (only a Cast to float16 rounds) and come out as float64; whole numbers are exact up to 53 bits. The
 * graph should have been checked. Throws InvalidData for inputs that are missing or of the wrong type or shape.
 */
export const evaluate = (
  graph: OnnxGraph,
  inputs: Readonly<Record<string, OnnxTensor>>,
  { onNode }: EvaluateOptions = {},
): Record<string, OnnxTensor> => {
  const given = graph.inputs.map((info) => toNumbers(accepted(info, inputs[info.name])));
  const results = run(graph, given, () => undefined, onNode);
  return Object.fromEntries(graph.outputs.map(({ name }, i) => [name, toTensor(results[i])]));
};

const accepted = ({ name, dtype, shape }: ValueInfo, tensor: OnnxTensor | undefined): OnnxTensor => {
  const fits =
    tensor &&
    (tensor.dtype === dtype || (isFloat(tensor.dtype) && isFloat(dtype))) &&
    tensor.shape.length === shape.length &&
    shape.every((dim, i) => typeof dim === 'string' || dim === tensor.shape[i]);
  if (!fits)
    throw new InvalidData(
      `${name}: expected ${dtype}${written(shape)}, got ${tensor ? `${tensor.dtype}${written(tensor.shape)}` : 'nothing'}; give it as the graph declares it`,
    );
  return tensor;
};

type Lookup = (name: string) => Numbers | undefined;

const run = (
  graph: OnnxGraph,
  inputs: readonly Numbers[],
  outer: Lookup,
  onNode?: EvaluateOptions['onNode'],
): readonly Numbers[] => {
  const values = new Map<string, Numbers>();
  graph.inputs.forEach(({ name }, i) => {
    const value = inputs[i];
    if (value) values.set(name, value);
  });
  const lookup: Lookup = (name) => {
    const known = values.get(name);
    if (known) return known;
    // A float64 copy of weights is made where they are used, and forgotten after that.
    const tensor = graph.initializers.get(name);
    if (!tensor) return outer(name);
    const value = toNumbers(tensor);
    values.set(name, value);
    return value;
  };

  const last = lastUses(graph);
  graph.nodes.forEach((node, at) => {
    if (!isOperator(node.op)) throw invalid(node, 'an operator in use', node.op);
    const results = KERNELS[node.op]({
      node,
      inputs: node.inputs.map((name) => (name === '' ? undefined : required(node, name, lookup))),
      run: (held, given) => run(held, given, lookup),
    });
    node.outputs.forEach((name, i) => {
      const result = results[i];
      if (name !== '' && result) values.set(name, result);
    });
    onNode?.(node, Object.fromEntries(node.outputs.filter(Boolean).map((name) => [name, toTensor(values.get(name))])));
    for (const name of [...takenBy(node), ...node.outputs]) if ((last.get(name) ?? -1) <= at) values.delete(name);
  });
  return graph.outputs.map(({ name }) => required({ name: graph.name }, name, lookup));
};

/** The place of the last node that takes each value; behind all of them for what the graph gives. */
const lastUses = (graph: OnnxGraph): ReadonlyMap<string, number> => {
  const last = new Map<string, number>();
  graph.nodes.forEach((node, at) => {
    for (const name of takenBy(node)) last.set(name, at);
  });
  for (const { name } of graph.outputs) last.set(name, graph.nodes.length);
  return last;
};

/** The values that a node takes, also in the graphs that it holds. */
const takenBy = (node: OnnxNode): readonly string[] => [
  ...node.inputs,
  ...subgraphs(node).flatMap((held) => [...held.nodes.flatMap(takenBy), ...held.outputs.map(({ name }) => name)]),
];

const required = (where: { readonly name: string }, name: string, lookup: Lookup): Numbers => {
  const value = lookup(name);
  if (!value) throw invalid(where, `a value for ${name}`, 'none');
  return value;
};

const toNumbers = (tensor: OnnxTensor): Numbers => ({
  dtype: tensor.dtype,
  shape: tensor.shape,
  data: numbersOf(tensor),
});

const toTensor = (value: Numbers | undefined): OnnxTensor => {
  if (!value) throw new Error('an operator gave fewer outputs than its node lists');
  return isFloat(value.dtype)
    ? { dtype: 'float64', shape: value.shape, data: value.data }
    : tensorOf(value.dtype, value.shape, value.data);
};
