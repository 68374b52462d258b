import type { ELEMENTWISE } from '../../../src/onnx/operators/table.ts';
import { numbersOf, tensorOf } from '../../../src/onnx/tensor.ts';
import type { OnnxTensor } from '../../../src/onnx/graph.ts';
import type { DType } from '../../../src/onnx/dtype.ts';
import { float, floats, int, ints, of, type Malformed } from './malformed.ts';

const as = (dtype: DType, x: OnnxTensor): OnnxTensor => tensorOf(dtype, x.shape, numbersOf(x));

const APART: readonly (readonly [readonly number[], readonly number[]])[] = [
  [
    [3, 4],
    [3, 5],
  ],
  [[2, 3], [2]],
  [[0], [3]],
];

const broadcasting = (dtype: DType = 'float32'): readonly Malformed[] =>
  APART.map(([a, b]) => ({
    of: `[${a.join(', ')}] and [${b.join(', ')}]`,
    inputs: [as(dtype, of(...a)), as(dtype, of(...b))],
    says: /^expected shapes that broadcast, got/,
  }));

const whole = (...numbers: readonly number[]): OnnxTensor => tensorOf('int32', [numbers.length], numbers);

/** Uses of operators that work element by element; those of one input take every shape. */
export const ELEMENTWISE_MALFORMED: Readonly<Record<keyof typeof ELEMENTWISE, readonly Malformed[]>> = {
  Add: [
    ...broadcasting(),
    {
      of: 'a sum beyond 2^53',
      inputs: [ints(2 ** 53 - 1), ints(2)],
      says: /^expected whole numbers below 2\^53, .*got 9007199254740992/,
      ort: { takes: 'it has 64 bits' },
      late: true,
    },
  ],
  Sub: broadcasting(),
  Mul: [
    ...broadcasting(),
    {
      of: 'a product beyond 2^53',
      inputs: [ints(3 * 2 ** 40), ints(2 ** 40)],
      says: /^expected whole numbers below 2\^53/,
      ort: { takes: 'it has 64 bits, which wrap around' },
      late: true,
    },
  ],
  Div: [
    ...broadcasting(),
    ...[ints, whole].map((list): Malformed => ({
      of: 'whole numbers by 0',
      inputs: [list(1, 2), list(1, 0)],
      says: /^expected whole numbers other than 0 to divide by, got 0;/,
      ort: 'crashes',
      late: true,
    })),
  ],
  Pow: [
    ...broadcasting(),
    {
      of: 'a whole power that is none',
      inputs: [ints(0), ints(-1)],
      says: /^expected powers that int64 holds, got Infinity;/,
      ort: { takes: 'it gives what its processor makes of infinity' },
      late: true,
    },
  ],
  Max: broadcasting(),
  Min: broadcasting(),
  Neg: [],
  Abs: [],
  Sqrt: [],
  Exp: [],
  Log: [],
  Erf: [],
  Sin: [],
  Cos: [],
  Sign: [],
  Floor: [],
  Reciprocal: [],
  Relu: [],
  LeakyRelu: [],
  Elu: [],
  Sigmoid: [],
  Tanh: [],
  Softplus: [],
  Clip: [
    { of: 'bounds in a row', inputs: [of(3), floats(0, 1)], says: /^expected scalar bounds, got the shape/ },
    {
      of: 'an upper bound in a row',
      inputs: [of(3), undefined, floats(0, 1)],
      says: /^expected scalar bounds, got the shape/,
    },
  ],
  Equal: broadcasting(),
  Greater: broadcasting(),
  GreaterOrEqual: broadcasting(),
  Less: broadcasting(),
  LessOrEqual: broadcasting(),
  And: broadcasting('bool'),
  Or: broadcasting('bool'),
  Not: [],
  Where: [
    {
      of: 'a condition of another shape',
      inputs: [as('bool', of(2)), of(3), of(3)],
      says: /^expected shapes that broadcast, got/,
    },
    {
      of: 'values of unlike shapes',
      inputs: [as('bool', of(3)), of(3), of(2)],
      says: /^expected shapes that broadcast, got/,
    },
  ],
  Cast: [
    {
      of: 'no type',
      inputs: [of(3)],
      attributes: { to: 0 },
      says: /^expected to to be the number of a type in use, got 0;/,
    },
    {
      of: 'an unknown type',
      inputs: [of(3)],
      attributes: { to: 99 },
      says: /^expected to to be the number of a type in use, got 99;/,
    },
    {
      of: 'a type that is not in use',
      inputs: [of(3)],
      attributes: { to: 8 },
      says: /^expected to to be the number of a type in use, got 8;/,
    },
  ],
  Identity: [],
  OneHot: [
    {
      of: 'two depths',
      inputs: [ints(0, 1), ints(3, 3), floats(0, 1)],
      says: /^expected elements of the depth, a number of 1, got 2;/,
    },
    { of: 'no depth', inputs: [ints(0, 1), int(0), floats(0, 1)], says: /^expected a depth of at least 1, got 0;/ },
    {
      of: 'a negative depth',
      inputs: [ints(0, 1), int(-2), floats(0, 1)],
      says: /^expected a depth of at least 1, got -2;/,
    },
    { of: 'three values', inputs: [ints(0, 1), int(3), floats(0, 1, 2)], says: /^expected values of 2, got 3;/ },
    {
      of: 'one value',
      inputs: [ints(0, 1), int(3), float(1)],
      says: /^expected input 2 to have 1 axes, got the shape \[\];/,
    },
    {
      of: 'an axis beyond',
      inputs: [ints(0, 1), int(3), floats(0, 1)],
      attributes: { axis: 2 },
      says: /^expected an axis of 2, from -2 to 1, got 2;/,
    },
    {
      of: 'an axis before',
      inputs: [ints(0, 1), int(3), floats(0, 1)],
      attributes: { axis: -3 },
      says: /^expected an axis of 2, from -2 to 1, got -3;/,
    },
  ],
};
