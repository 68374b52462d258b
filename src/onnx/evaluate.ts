import { InvalidData } from '../errors.ts';
import { invalid } from './attributes.ts';
import { written } from './dims.ts';
import { isFloat } from './dtype.ts';
import type { OnnxGraph, OnnxNode, OnnxTensor, ValueInfo } from './graph.ts';
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
  for (const [name, tensor] of graph.initializers) values.set(name, toNumbers(tensor));
  const lookup: Lookup = (name) => values.get(name) ?? outer(name);

  for (const node of graph.nodes) {
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
  }
  return graph.outputs.map(({ name }) => required({ name: graph.name }, name, lookup));
};

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
