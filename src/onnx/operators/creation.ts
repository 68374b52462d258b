import { invalid, number, numbers, tensor } from '../attributes.ts';
import type { DType } from '../dtype.ts';
import type { Dim } from '../graph.ts';
import { knownNumbers, listOf, rankOf, shapeOf, type Context, type Rule } from '../infer/rule.ts';
import { elementsOf, input, zeros, type Kernel } from '../reference/numbers.ts';
import { numbersOf } from '../tensor.ts';
import type { Definition } from './definition.ts';
import { moveSpec } from './moving.ts';
import { optional } from './spec.ts';

const shapeShape: Rule = (context) => [{ shape: [shapeRange(context).length] }];

/** Returns the dimensions that a Shape node outputs. */
export const shapeRange = (context: Context): readonly Dim[] => {
  const { attributes } = context.node;
  const [start, end] = [attributes['start'] ?? 0, attributes['end']];
  return shapeOf(context, 0).slice(Number(start), end === undefined ? undefined : Number(end));
};

const rangeShape: Rule = (context) => {
  const [start, limit, delta] = [0, 1, 2].map((input) => {
    rankOf(context, input, 0);
    return knownNumbers(context, input)?.[0];
  });
  if (delta === 0) throw invalid(context.node, 'a step other than 0', '0');
  if (start === undefined || limit === undefined || delta === undefined) return [{ shape: ['?'] }];
  const length = Math.max(0, Math.ceil((limit - start) / delta));
  if (!Number.isFinite(length)) throw invalid(context.node, 'a range that ends', `${start} to ${limit} by ${delta}`);
  return [{ shape: [length] }];
};

const constantOfShape: Rule = (context) => {
  const value = tensor(context.node, 'value');
  if (value && value.data.length !== 1)
    throw invalid(context.node, 'a value of one element', String(value.data.length));
  const shape = listOf(context, 0);
  return [{ shape, dtype: value?.dtype ?? 'float32' }];
};

const constantShape: Rule = ({ node }) => {
  const { value, value_float, value_floats, value_int, value_ints } = node.attributes;
  const given = [value, value_float, value_floats, value_int, value_ints].filter((one) => one !== undefined);
  if (given.length !== 1) throw invalid(node, 'one value', String(given.length));
  const held = tensor(node, 'value');
  if (held) return [held];
  const list = numbers(node, value_floats === undefined ? 'value_ints' : 'value_floats');
  const dtype: DType = value_float === undefined && value_floats === undefined ? 'int64' : 'float32';
  return [{ shape: list ? [list.length] : [], dtype }];
};

const shapeKernel: Kernel = (call) => {
  const { start, end } = call.node.attributes;
  const dims = input(call, 0).shape.slice(Number(start ?? 0), end === undefined ? undefined : Number(end));
  return [{ dtype: 'int64', shape: [dims.length], data: Float64Array.from(dims) }];
};

const range: Kernel = (call) => {
  const [start = 0, limit = 0, delta = 1] = [0, 1, 2].map((i) => input(call, i).data[0]);
  const length = Math.max(0, Math.ceil((limit - start) / delta));
  const data = Float64Array.from({ length }, (_, i) => start + i * delta);
  return [{ dtype: input(call, 0).dtype, shape: [length], data }];
};

const filled: Kernel = (call) => {
  const value = tensor(call.node, 'value');
  const result = zeros(value?.dtype ?? 'float32', elementsOf(call, 0) ?? []);
  result.data.fill(value ? (numbersOf(value)[0] ?? 0) : 0);
  return [result];
};

const constant: Kernel = ({ node }) => {
  const value = tensor(node, 'value');
  if (value) return [{ dtype: value.dtype, shape: value.shape, data: numbersOf(value) }];
  const { value_float, value_floats } = node.attributes;
  const dtype = value_float === undefined && value_floats === undefined ? 'int64' : 'float32';
  const list = numbers(node, value_floats === undefined ? 'value_ints' : 'value_floats');
  if (list) return [{ dtype, shape: [list.length], data: Float64Array.from(list) }];
  return [
    { dtype, shape: [], data: Float64Array.of(number(node, value_float === undefined ? 'value_int' : 'value_float')) },
  ];
};

/** Tensors that follow from a shape, a range or an attribute. */
export const CREATION = {
  Shape: {
    ...moveSpec,
    outputs: { shape: 'int64' },
    attributes: { start: optional('int', 0, { since: 15 }), end: optional('int', undefined, { since: 15 }) },
    infer: shapeShape,
    evaluate: shapeKernel,
  },
  Range: {
    ...moveSpec,
    inputs: { start: 'T', limit: 'T', delta: 'T' },
    types: { T: ['float32', 'float64', 'int32', 'int64'] },
    infer: rangeShape,
    evaluate: range,
    exact: true,
  },
  ConstantOfShape: {
    ...moveSpec,
    inputs: { input: 'int64' },
    outputs: { output: 'T' },
    attributes: { value: optional('tensor') },
    webgpu: 0,
    infer: constantOfShape,
    evaluate: filled,
  },
  Constant: {
    ...moveSpec,
    inputs: {},
    attributes: {
      value: optional('tensor'),
      value_float: optional('float'),
      value_floats: optional('floats'),
      value_int: optional('int'),
      value_ints: optional('ints'),
    },
    infer: constantShape,
    evaluate: constant,
  },
} satisfies Record<string, Definition>;
