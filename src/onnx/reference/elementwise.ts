import { fromHalf, toHalf } from '../../float16.ts';
import { axisOf, invalid, number } from '../attributes.ts';
import { dtypeOfCode, isFloat, type DType } from '../dtype.ts';
import type { ELEMENTWISE } from '../schema/elementwise.ts';
import { erf } from './erf.ts';
import {
  around,
  broadcastPlaces,
  broadcastShape,
  input,
  zeros,
  type Call,
  type Kernel,
  type ReferenceTensor,
} from './numbers.ts';

const unary =
  (f: (x: number, call: Call) => number): Kernel =>
  (call) => {
    const x = input(call, 0);
    return [{ ...x, data: x.data.map((value) => f(value, call)) }];
  };

/** Combines all inputs at each element of the shape to which they broadcast. */
const combine = (call: Call, f: (a: number, b: number) => number, dtype?: DType): ReferenceTensor => {
  const all = call.inputs.map((_, i) => input(call, i));
  const [first = input(call, 0), ...rest] = all;
  return rest.reduce((a, b) => {
    const shape = broadcastShape(call.node, [a.shape, b.shape]);
    const result = zeros(dtype ?? a.dtype, shape);
    const [atA, atB] = [broadcastPlaces(a.shape, shape), broadcastPlaces(b.shape, shape)];
    for (let i = 0; i < result.data.length; i++)
      result.data[i] = f(a.data[atA[i] ?? 0] ?? NaN, b.data[atB[i] ?? 0] ?? NaN);
    return result;
  }, first);
};

type Binary = (a: number, b: number) => number;

/**
 * `whole` is the function for whole numbers, and `wrapped` that for 32-bit ones, which wrap around; 64-bit ones must
 * not.
 */
const binary =
  (f: Binary, whole: Binary = f, wrapped: Binary = whole): Kernel =>
  (call) => {
    const { dtype } = input(call, 0);
    if (isFloat(dtype)) return [combine(call, f)];
    return [combine(call, dtype === 'int32' ? (a, b) => wrapped(a, b) | 0 : whole)];
  };

const comparison =
  (f: (a: number, b: number) => boolean): Kernel =>
  (call) => [combine(call, (a, b) => (f(a, b) ? 1 : 0), 'bool')];

const product: Binary = (a, b) => a * b;

const quotient: Kernel = (call) => {
  if (!isFloat(input(call, 0).dtype) && input(call, 1).data.includes(0))
    throw invalid(call.node, 'whole numbers other than 0 to divide by', '0', 'correct the data');
  const whole: Binary = (a, b) => Math.trunc(a / b);
  return binary((a, b) => a / b, whole)(call);
};

const power: Kernel = (call) => {
  const { dtype } = input(call, 0);
  if (isFloat(dtype)) return [combine(call, (a, b) => a ** b)];
  const result = combine(call, (a, b) => Math.trunc(a ** b));
  const most = dtype === 'int32' ? 2 ** 31 : 2 ** 53;
  const wrong = result.data.find((value) => !(value >= -most && value < most));
  // The result for other values depends on the processor.
  if (wrong !== undefined) throw invalid(call.node, `powers that ${dtype} holds`, String(wrong), 'correct the data');
  return [result];
};

const where: Kernel = (call) => {
  const [condition, x, y] = [input(call, 0), input(call, 1), input(call, 2)];
  const shape = broadcastShape(call.node, [condition.shape, x.shape, y.shape]);
  const [c, a, b] = [condition, x, y].map((one) => broadcastPlaces(one.shape, shape));
  const result = zeros(x.dtype, shape);
  for (let i = 0; i < result.data.length; i++)
    result.data[i] = (condition.data[c?.[i] ?? 0] ? x.data[a?.[i] ?? 0] : y.data[b?.[i] ?? 0]) ?? NaN;
  return [result];
};

const clip: Kernel = (call) => {
  const [low, high] = [call.inputs[1]?.data[0] ?? -Infinity, call.inputs[2]?.data[0] ?? Infinity];
  return unary((x) => Math.min(Math.max(x, low), high))(call);
};

const cast: Kernel = (call) => {
  const x = input(call, 0);
  const dtype = dtypeOfCode(number(call.node, 'to'));
  if (!dtype) throw invalid(call.node, 'to to be the number of a type in use', String(number(call.node, 'to')));
  return [{ dtype, shape: x.shape, data: x.data.map((value) => converted(value, dtype)) }];
};

/** Returns a number converted to another type; float32 and float64 are treated alike. */
const converted = (x: number, to: DType): number => {
  switch (to) {
    case 'float32':
    case 'float64':
      return x;
    case 'float16':
      return fromHalf(toHalf(x));
    case 'bool':
      return x === 0 ? 0 : 1;
    case 'int64':
      return Math.trunc(x);
    case 'int32':
      return Math.trunc(x) | 0;
    case 'int8':
      return (Math.trunc(x) << 24) >> 24;
    case 'uint8':
      return Math.trunc(x) & 255;
  }
};

const oneHot: Kernel = (call) => {
  const [indices, depth, values] = [input(call, 0), input(call, 1).data[0] ?? 0, input(call, 2)];
  const [off = 0, on = 1] = values.data;
  const axis = axisOf(call.node, number(call.node, 'axis'), indices.shape.length + 1);
  const shape = [...indices.shape.slice(0, axis), depth, ...indices.shape.slice(axis)];
  const [, , inner] = around(shape, axis);
  const result = zeros(values.dtype, shape);
  result.data.fill(off);
  indices.data.forEach((given, i) => {
    const index = given < 0 ? given + depth : given;
    if (index < 0 || index >= depth) return;
    const outer = Math.floor(i / inner);
    result.data[(outer * depth + index) * inner + (i % inner)] = on;
  });
  return [result];
};

/** Returns 1 / (1 + e⁻ˣ), without overflow on either side. */
const sigmoid = (x: number): number => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)));

/** Kernels of operators that work element by element. */
export const ELEMENTWISE_KERNELS: Readonly<Record<keyof typeof ELEMENTWISE, Kernel>> = {
  Add: binary((a, b) => a + b),
  Sub: binary((a, b) => a - b),
  Mul: binary(product, product, Math.imul),
  Div: quotient,
  Pow: power,
  Max: binary(Math.max),
  Min: binary(Math.min),
  Neg: unary((x) => -x),
  Abs: unary(Math.abs),
  Sqrt: unary(Math.sqrt),
  Exp: unary(Math.exp),
  Log: unary(Math.log),
  Erf: unary(erf),
  Sin: unary(Math.sin),
  Cos: unary(Math.cos),
  Sign: unary(Math.sign),
  Floor: unary(Math.floor),
  Reciprocal: unary((x) => 1 / x),
  Relu: unary((x) => (x < 0 ? 0 : x)),
  LeakyRelu: unary((x, { node }) => (x < 0 ? number(node, 'alpha') * x : x)),
  Elu: unary((x, { node }) => (x < 0 ? number(node, 'alpha') * Math.expm1(x) : x)),
  Sigmoid: unary(sigmoid),
  Tanh: unary(Math.tanh),
  // log(1 + eˣ), without overflow for large x.
  Softplus: unary((x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))),
  Clip: clip,
  Equal: comparison((a, b) => a === b),
  Greater: comparison((a, b) => a > b),
  GreaterOrEqual: comparison((a, b) => a >= b),
  Less: comparison((a, b) => a < b),
  LessOrEqual: comparison((a, b) => a <= b),
  And: comparison((a, b) => a !== 0 && b !== 0),
  Or: comparison((a, b) => a !== 0 || b !== 0),
  Not: unary((x) => (x === 0 ? 1 : 0)),
  Where: where,
  Cast: cast,
  Identity: (call) => [input(call, 0)],
  OneHot: oneHot,
};
