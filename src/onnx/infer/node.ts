import { show } from '../../shape/show.ts';
import { invalid } from '../attributes.ts';
import { productOf } from '../dims.ts';
import { DTYPES, type DType } from '../dtype.ts';
import type { Dim, OnnxNode, ValueType } from '../graph.ts';
import type { OperatorSpec } from '../operators/spec.ts';
import { DEFINITIONS } from '../operators/table.ts';
import { isOperator, parametersOf, type Parameter } from '../schema.ts';
import type { Context } from './rule.ts';

/**
 * Returns the types of a node's outputs, given those of its inputs. @throws InvalidGraph for types and shapes that it
 * cannot take.
 */
export const outputTypes = (context: Context): readonly ValueType[] => {
  const { node, inputs, opset } = context;
  if (!isOperator(node.op)) throw invalid(node, 'an operator in use', node.op || 'none');
  const bound = bindTypes(node, inputs, opset);
  const outputs = parametersOf(DEFINITIONS[node.op].outputs, opset);
  return DEFINITIONS[node.op].infer(context).map(({ shape, dtype }, i) => {
    if (shape.length > MOST_AXES) throw invalid(node, `at most ${MOST_AXES} axes`, String(shape.length));
    if (!shape.every(isLength)) throw invalid(node, 'whole lengths of at least 0', show(shape));
    if (!isLength(productOf(shape))) throw invalid(node, 'fewer than 2^53 elements', show(shape));
    return { shape, dtype: dtype ?? typeOf(node, outputs, i, bound) };
  });
};

/** The maximum number of axes of a value. */
const MOST_AXES = 64;

const isLength = (dim: Dim): boolean => typeof dim === 'string' || (Number.isSafeInteger(dim) && dim >= 0);

/** Returns the element types that an operator's type variables stand for at a node. */
const bindTypes = (
  node: OnnxNode & { readonly op: string },
  inputs: readonly (ValueType | undefined)[],
  opset: number,
): ReadonlyMap<string, DType> => {
  if (!isOperator(node.op)) return new Map();
  const spec: OperatorSpec = DEFINITIONS[node.op];
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
