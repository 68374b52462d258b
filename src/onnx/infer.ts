import { InvalidGraph } from '../errors.ts';
import { invalid } from './attributes.ts';
import { DTYPES, type DType } from './dtype.ts';
import { mayEqual, written } from './dims.ts';
import type { Dim, OnnxGraph, OnnxNode, ValueType } from './graph.ts';
import { INFER_CONTROL } from './infer/control.ts';
import { INFER_ELEMENTWISE } from './infer/elementwise.ts';
import { elementsOfTensor, propagate } from './infer/elements.ts';
import { INFER_NETWORKS } from './infer/networks.ts';
import type { Context, Rule } from './infer/rule.ts';
import { INFER_SHAPES } from './infer/shapes.ts';
import { isOperator, OPERATORS, parametersOf, type Operator, type Parameter } from './schema.ts';

const RULES: Readonly<Record<Operator, Rule>> = {
  ...INFER_ELEMENTWISE,
  ...INFER_SHAPES,
  ...INFER_NETWORKS,
  ...INFER_CONTROL,
};

/** The type and shape of every value of a graph, and of the graphs within it, by name. */
export type Types = ReadonlyMap<string, ValueType>;

/**
 * Follows types and shapes from a graph's inputs through its nodes. Lengths may be symbols, also products and sums of them
 * (`4*N`); a length that cannot be known is `?`. Elements of constants and shapes are followed too, so that a shape that is
 * computed (`Concat(Slice(Shape(x)), …)`) is known. Throws InvalidGraph, naming the node, for types and shapes that the
 * operator cannot take.
 */
export const infer = (graph: OnnxGraph, opset: number): Types => {
  const types = new Map<string, ValueType>();
  const elements = new Map<string, readonly Dim[]>();

  const inferNodes = (within: OnnxGraph): readonly ValueType[] => {
    for (const [name, tensor] of within.initializers) {
      types.set(name, { dtype: tensor.dtype, shape: tensor.shape });
      const known = elementsOfTensor(tensor);
      if (known) elements.set(name, known);
    }
    for (const node of within.nodes) inferNode(node);
    return within.outputs.map(({ name }) => {
      const type = types.get(name);
      if (!type)
        throw new InvalidGraph(
          `${within.name}: expected its output ${name} to be computed, got no node that does; add one`,
        );
      return type;
    });
  };

  const inferNode = (node: OnnxNode): void => {
    if (!isOperator(node.op)) throw invalid(node, 'an operator in use', node.op);
    const inputs = node.inputs.map((name) => {
      if (name === '') return undefined;
      const type = types.get(name);
      if (!type) throw invalid(node, `a value before it is used`, name);
      return type;
    });
    const context: Context = {
      node,
      opset,
      inputs,
      elements: (input) => elements.get(node.inputs[input] ?? ''),
      inferGraph: (held, given) => {
        held.inputs.forEach((info, i) => types.set(info.name, declared(node, held, info, given[i] ?? info)));
        return inferNodes(held);
      },
    };
    const bound = bindTypes(node, inputs, opset);
    const outputs = parametersOf(OPERATORS[node.op].outputs, opset);
    RULES[node.op](context).forEach(({ shape, dtype }, i) => {
      if (shape.some((dim) => typeof dim === 'number' && dim < 0))
        throw invalid(node, 'lengths of at least 0', written(shape));
      const name = node.outputs[i];
      if (name) types.set(name, { shape, dtype: dtype ?? typeOf(node, outputs, i, bound) });
    });
    const known = propagate(context);
    const [output] = node.outputs;
    if (known && output) elements.set(output, known);
    else if (output) elements.delete(output);
  };

  for (const { name, dtype, shape } of graph.inputs) types.set(name, { dtype, shape });
  inferNodes(graph);
  return types;
};

/** What a held graph's input is, which must not contradict what the graph says of it. */
const declared = (node: OnnxNode, held: OnnxGraph, info: OnnxGraph['inputs'][number], given: ValueType): ValueType => {
  const fits =
    info.dtype === given.dtype &&
    info.shape.length === given.shape.length &&
    info.shape.every((dim, i) => typeof dim === 'string' || mayEqual(dim, given.shape[i] ?? '?'));
  if (!fits)
    throw invalid(
      node,
      `${info.name} of ${held.name} to be ${info.dtype}${written(info.shape)}`,
      `${given.dtype}${written(given.shape)}`,
    );
  return given;
};

/** The element types that an operator's type variables stand for at a node. */
const bindTypes = (
  node: OnnxNode & { readonly op: string },
  inputs: readonly (ValueType | undefined)[],
  opset: number,
): ReadonlyMap<string, DType> => {
  if (!isOperator(node.op)) return new Map();
  const spec = OPERATORS[node.op];
  const allowed: Readonly<Record<string, readonly DType[]>> = spec.types;
  const parameters = parametersOf(spec.inputs, opset);
  const bound = new Map<string, DType>();
  inputs.forEach((input, i) => {
    const parameter = parameters[Math.min(i, parameters.length - 1)];
    if (!input || !parameter || parameter.type === '...') return;
    const { type, name } = parameter;
    const choice = asDType(type) ? [asDType(type)] : allowed[type];
    if (!choice?.includes(input.dtype)) throw invalid(node, `${name} of type ${choice?.join(', ')}`, input.dtype);
    const before = bound.get(type);
    if (before && before !== input.dtype)
      throw invalid(node, `${name} of type ${before}, as the input before it`, input.dtype);
    bound.set(type, input.dtype);
  });
  return bound;
};

const asDType = (type: string): DType | undefined => DTYPES.find((dtype) => dtype === type);

const typeOf = (
  node: OnnxNode,
  outputs: readonly Parameter[],
  index: number,
  bound: ReadonlyMap<string, DType>,
): DType => {
  const parameter = outputs[Math.min(index, outputs.length - 1)];
  const dtype = parameter && (asDType(parameter.type) ?? bound.get(parameter.type));
  if (!dtype) throw invalid(node, `an output ${index} of a known type`, 'none');
  return dtype;
};
