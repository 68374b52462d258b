import type { OnnxBuilder, Value } from '../../../src/onnx/builder.ts';
import type { OnnxTensor } from '../../../src/onnx/graph.ts';
import type { ELEMENTWISE } from '../../../src/onnx/operators/table.ts';
import { numbersOf, tensorOf } from '../../../src/onnx/tensor.ts';
import { noise } from '../ort.ts';
import { at, type Case } from './case.ts';

type Unary = (onnx: OnnxBuilder) => (x: Value) => Value;
type Binary = (onnx: OnnxBuilder) => (a: Value, b: Value) => Value;

const positive = (x: OnnxTensor): OnnxTensor =>
  tensorOf(
    x.dtype,
    x.shape,
    numbersOf(x).map((value) => Math.abs(value) + 0.1),
  );

const bools = (shape: readonly number[], seed = 1): OnnxTensor =>
  tensorOf(
    'bool',
    shape,
    numbersOf(noise(shape, seed)).map((x) => (x > 0 ? 1 : 0)),
  );

const unary = (f: Unary, of: (x: OnnxTensor) => OnnxTensor = (x) => x): readonly Case[] => [
  { inputs: [of(noise([3, 4]))], build: (onnx, ...x) => f(onnx)(at(x, 0)) },
  { inputs: [of(noise([]))], build: (onnx, ...x) => f(onnx)(at(x, 0)) },
  { inputs: [of(noise([3, 1, 5, 2], 7))], build: (onnx, ...x) => f(onnx)(at(x, 0)) },
];

const extreme: OnnxTensor = tensorOf('float32', [8], [-100, -30, -1e-5, -0, 0, 1e-5, 30, 100]);

const extremes = (f: Unary): Case => ({
  of: 'large and small numbers',
  inputs: [extreme],
  build: (onnx, ...x) => f(onnx)(at(x, 0)),
});

const PAIRS: readonly (readonly [readonly number[], readonly number[]])[] = [
  [
    [3, 4],
    [3, 4],
  ],
  [[3, 4], [4]],
  [[4], [3, 4]],
  [[3, 4], []],
  [
    [3, 1, 5],
    [2, 1],
  ],
  [
    [3, 1],
    [1, 4],
  ],
  [
    [1, 1],
    [3, 2, 2, 3],
  ],
];

const binary = (f: Binary, of: (x: OnnxTensor) => OnnxTensor = (x) => x, whole = true): readonly Case[] => [
  ...PAIRS.map(([a, b]) => ({
    inputs: [of(noise(a)), of(noise(b, 2))],
    build: (onnx: OnnxBuilder, ...x: readonly Value[]) => f(onnx)(at(x, 0), at(x, 1)),
  })),
  ...(whole
    ? (['int64', 'int32'] as const).map((dtype) => ({
        of: dtype,
        inputs: [noise([3, 4], 1, dtype), tensorOf(dtype, [4], [1, -2, 3, 7])],
        build: (onnx: OnnxBuilder, ...x: readonly Value[]) => f(onnx)(at(x, 0), at(x, 1)),
      }))
    : []),
];

/** Numbers of which several are equal. */
const few = (x: OnnxTensor): OnnxTensor =>
  tensorOf(
    x.dtype,
    x.shape,
    numbersOf(x).map((value) => Math.round(value)),
  );

const logical = (f: Binary): readonly Case[] =>
  PAIRS.map(([a, b]) => ({
    inputs: [bools(a), bools(b, 2)],
    build: (onnx, ...x) => f(onnx)(at(x, 0), at(x, 1)),
  }));

/** Cases for each operator that works element by element. */
export const ELEMENTWISE_CASES: Readonly<Record<keyof typeof ELEMENTWISE, readonly Case[]>> = {
  Add: binary((onnx) => onnx.Add),
  Sub: binary((onnx) => onnx.Sub),
  Mul: [
    ...binary((onnx) => onnx.Mul),
    { of: 'a plain number', inputs: [noise([3, 2])], build: (onnx, ...x) => onnx.Mul(at(x, 0), 0.3) },
    {
      of: 'int32 wraps around',
      inputs: [tensorOf('int32', [2], [2 ** 30, -123456789]), tensorOf('int32', [2], [6, 987654321])],
      build: (onnx, ...x) => onnx.Mul(at(x, 0), at(x, 1)),
    },
  ],
  Div: binary((onnx) => onnx.Div),
  Pow: [
    ...binary((onnx) => onnx.Pow, positive, false),
    { of: 'a square', inputs: [noise([3, 4])], build: (onnx, ...x) => onnx.Pow(at(x, 0), 2) },
    {
      of: 'whole numbers',
      inputs: [noise([3, 4], 1, 'int64'), tensorOf('int64', [], [3])],
      build: (onnx, ...x) => onnx.Pow(at(x, 0), at(x, 1)),
    },
  ],
  Max: [
    ...binary((onnx) => onnx.Max),
    {
      of: 'three',
      inputs: [noise([3, 4]), noise([4], 2), noise([3, 1], 3)],
      build: (onnx, ...x) => onnx.Max(...x),
    },
    { of: 'one', inputs: [noise([3, 4])], build: (onnx, ...x) => onnx.Max(...x) },
  ],
  Min: [
    ...binary((onnx) => onnx.Min),
    { of: 'three', inputs: [noise([3, 4]), noise([4], 2), noise([3, 1], 3)], build: (onnx, ...x) => onnx.Min(...x) },
  ],
  Neg: [
    ...unary((onnx) => onnx.Neg),
    { of: 'int64', inputs: [noise([4], 1, 'int64')], build: (onnx, ...x) => onnx.Neg(at(x, 0)) },
  ],
  Abs: unary((onnx) => onnx.Abs),
  Sqrt: unary((onnx) => onnx.Sqrt, positive),
  Exp: unary((onnx) => onnx.Exp),
  Log: unary((onnx) => onnx.Log, positive),
  Erf: [...unary((onnx) => onnx.Erf), extremes((onnx) => onnx.Erf)],
  Sin: unary((onnx) => onnx.Sin),
  Cos: unary((onnx) => onnx.Cos),
  Sign: [...unary((onnx) => onnx.Sign, few), extremes((onnx) => onnx.Sign)],
  Floor: unary((onnx) => onnx.Floor),
  Reciprocal: unary((onnx) => onnx.Reciprocal, positive),
  Relu: [...unary((onnx) => onnx.Relu), extremes((onnx) => onnx.Relu)],
  LeakyRelu: [
    ...unary((onnx) => onnx.LeakyRelu),
    { inputs: [noise([3, 4])], build: (onnx, ...x) => onnx.LeakyRelu(at(x, 0), { alpha: 0.2 }) },
  ],
  Elu: [
    ...unary((onnx) => onnx.Elu),
    extremes((onnx) => onnx.Elu),
    { inputs: [noise([3, 4])], build: (onnx, ...x) => onnx.Elu(at(x, 0), { alpha: 0.2 }) },
  ],
  Sigmoid: [...unary((onnx) => onnx.Sigmoid), extremes((onnx) => onnx.Sigmoid)],
  Tanh: [...unary((onnx) => onnx.Tanh), extremes((onnx) => onnx.Tanh)],
  Softplus: [...unary((onnx) => onnx.Softplus), extremes((onnx) => onnx.Softplus)],
  Clip: [
    { inputs: [noise([3, 4])], build: (onnx, ...x) => onnx.Clip(at(x, 0), -0.5, 1) },
    { inputs: [noise([3, 4])], build: (onnx, ...x) => onnx.Clip(at(x, 0), -0.5) },
    { of: 'no least', inputs: [noise([3, 4])], build: (onnx, ...x) => onnx.Clip(at(x, 0), undefined, 0.5) },
    { inputs: [noise([3, 4])], build: (onnx, ...x) => onnx.Clip(at(x, 0)) },
  ],
  Equal: [
    ...binary((onnx) => onnx.Equal, few),
    { of: 'bools', inputs: [bools([3, 4]), bools([4], 2)], build: (onnx, ...x) => onnx.Equal(at(x, 0), at(x, 1)) },
  ],
  Greater: binary((onnx) => onnx.Greater, few),
  GreaterOrEqual: binary((onnx) => onnx.GreaterOrEqual, few),
  Less: binary((onnx) => onnx.Less, few),
  LessOrEqual: binary((onnx) => onnx.LessOrEqual, few),
  And: logical((onnx) => onnx.And),
  Or: logical((onnx) => onnx.Or),
  Not: [{ inputs: [bools([3, 4])], build: (onnx, ...x) => onnx.Not(at(x, 0)) }],
  Where: [
    {
      inputs: [bools([3, 4]), noise([3, 4]), noise([3, 4], 2)],
      build: (onnx, ...x) => onnx.Where(at(x, 0), at(x, 1), at(x, 2)),
    },
    {
      inputs: [bools([3, 1]), noise([4]), noise([2, 1, 1], 2)],
      build: (onnx, ...x) => onnx.Where(at(x, 0), at(x, 1), at(x, 2)),
    },
    { of: 'plain numbers', inputs: [bools([3, 4])], build: (onnx, ...x) => onnx.Where(at(x, 0), 1, 0) },
  ],
  Cast: [
    { of: 'to int64', inputs: [noise([3, 4])], build: (onnx, ...x) => onnx.Cast(at(x, 0), 'int64') },
    { of: 'to int32', inputs: [noise([3, 4])], build: (onnx, ...x) => onnx.Cast(at(x, 0), 'int32') },
    { of: 'to bool', inputs: [few(noise([3, 4]))], build: (onnx, ...x) => onnx.Cast(at(x, 0), 'bool') },
    { of: 'from bool', inputs: [bools([3, 4])], build: (onnx, ...x) => onnx.Cast(at(x, 0), 'float32') },
    { of: 'from int64', inputs: [noise([4], 1, 'int64')], build: (onnx, ...x) => onnx.Cast(at(x, 0), 'float32') },
    {
      of: 'from uint8',
      inputs: [tensorOf('uint8', [3], [0, 7, 255])],
      build: (onnx, ...x) => onnx.Cast(at(x, 0), 'float32'),
    },
    {
      of: 'through float16',
      inputs: [noise([3, 40])],
      build: (onnx, ...x) => onnx.Cast(onnx.Cast(at(x, 0), 'float16'), 'float32'),
    },
  ],
  Identity: [...unary((onnx) => onnx.Identity), ...unary((onnx) => onnx.stopGradient)],
  OneHot: [
    {
      inputs: [tensorOf('int64', [3], [0, 3, -1])],
      build: (onnx, ...x) => onnx.OneHot(at(x, 0), onnx.constant(4, 'int64'), onnx.constant([0, 1])),
    },
    {
      of: 'along axis 1',
      inputs: [tensorOf('int64', [2, 3], [0, 1, 2, 2, 1, 9])],
      build: (onnx, ...x) => onnx.OneHot(at(x, 0), onnx.constant(3, 'int64'), onnx.constant([-1, 2]), { axis: 1 }),
    },
  ],
};
