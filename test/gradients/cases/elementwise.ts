import type { OnnxBuilder, Value } from '../../../src/onnx/builder.ts';
import type { ELEMENTWISE } from '../../../src/onnx/operators/table.ts';
import type { Case } from '../numeric.ts';

const one = (
  write: (onnx: OnnxBuilder, x: Value) => Value,
  from?: readonly [number, number],
  more: readonly Case[] = [],
): readonly Case[] => [
  { name: 'a batch', inputs: [[-3, 4]], ...(from && { from }), write: (onnx, x = none) => write(onnx, x) },
  { name: 'a scalar', inputs: [[]], ...(from && { from }), write: (onnx, x = none) => write(onnx, x) },
  ...more,
];

const none: Value = { name: '' };

/** Two inputs: alike, and each repeated in all ways that lowering may meet. */
const two = (
  write: (onnx: OnnxBuilder, a: Value, b: Value) => Value,
  from?: readonly [number, number],
): readonly Case[] =>
  (
    [
      ['alike', [-3, 4], [-3, 4]],
      ['the second a scalar', [-3, 4], []],
      ['the first a scalar', [], [-3, 4]],
      ['the second of the last axis', [-3, 2, 4], [4]],
      ['axes of length 1 in both', [-3, 1, 4], [1, 2, 4]],
      ['one of each example', [-3, 1, 1], [-3, 2, 2]],
      ['an axis of length 1 on both sides', [-3, 1], [-3, 1]],
      ['fewer axes, some of length 1', [-2, 3, 4], [3, 1]],
      ['a batch of 1', [-1, 4], [1, 4]],
    ] as const
  ).map(([name, a, b]) => ({
    name,
    inputs: [a, b],
    ...(from && { from }),
    write: (onnx, x = none, y = none) => write(onnx, x, y),
  }));

/** Of one input twice: both ways count. */
const twice = (write: (onnx: OnnxBuilder, a: Value, b: Value) => Value): Case => ({
  name: 'of itself',
  inputs: [[-3, 4]],
  from: [0.5, 2],
  write: (onnx, x = none) => write(onnx, x, x),
});

/** Operators that work element by element. */
export const elementwise: Readonly<Record<keyof typeof ELEMENTWISE, readonly Case[] | 'flat' | 'opaque'>> = {
  Add: [...two((onnx, a, b) => onnx.Add(a, b)), twice((onnx, a, b) => onnx.Add(a, b))],
  Sub: [...two((onnx, a, b) => onnx.Sub(a, b)), twice((onnx, a, b) => onnx.Sub(a, b))],
  Mul: [...two((onnx, a, b) => onnx.Mul(a, b)), twice((onnx, a, b) => onnx.Mul(a, b))],
  Div: [...two((onnx, a, b) => onnx.Div(a, b), [0.5, 2]), twice((onnx, a, b) => onnx.Div(a, onnx.Add(b, 1)))],
  Pow: [...two((onnx, a, b) => onnx.Pow(a, b), [0.5, 2]), twice((onnx, a, b) => onnx.Pow(a, b))],
  Max: [
    ...two((onnx, a, b) => onnx.Max(a, b)),
    {
      name: 'of three',
      inputs: [[-3, 4], [4], []],
      write: (onnx, a = none, b = none, c = none) => onnx.Max(a, b, c),
    },
    { name: 'of one', inputs: [[-3, 4]], write: (onnx, a = none) => onnx.Max(a) },
  ],
  Min: [
    ...two((onnx, a, b) => onnx.Min(a, b)),
    {
      name: 'of three',
      inputs: [[-3, 4], [4], []],
      write: (onnx, a = none, b = none, c = none) => onnx.Min(a, b, c),
    },
  ],
  Neg: one((onnx, x) => onnx.Neg(x)),
  Abs: one((onnx, x) => onnx.Abs(x)),
  Sqrt: one((onnx, x) => onnx.Sqrt(x), [0.5, 2]),
  Exp: one((onnx, x) => onnx.Exp(x)),
  Log: one((onnx, x) => onnx.Log(x), [0.5, 2]),
  Erf: one((onnx, x) => onnx.Erf(x), [-2, 2]),
  Sin: one((onnx, x) => onnx.Sin(x)),
  Cos: one((onnx, x) => onnx.Cos(x)),
  Sign: 'flat',
  Floor: 'flat',
  Reciprocal: one((onnx, x) => onnx.Reciprocal(x), [0.5, 2]),
  Relu: one((onnx, x) => onnx.Relu(x)),
  LeakyRelu: one((onnx, x) => onnx.LeakyRelu(x, { alpha: 0.25 })),
  Elu: one((onnx, x) => onnx.Elu(x), undefined, [
    { name: 'of another slope', inputs: [[-3, 4]], write: (onnx, x = none) => onnx.Elu(x, { alpha: 0.5 }) },
  ]),
  Sigmoid: one((onnx, x) => onnx.Sigmoid(x), [-3, 3]),
  Tanh: one((onnx, x) => onnx.Tanh(x), [-3, 3]),
  Softplus: one((onnx, x) => onnx.Softplus(x), [-3, 3]),
  Clip: [
    { name: 'between two', inputs: [[-3, 4], [], []], values: [undefined, [-0.5], [0.5]], write: clip },
    { name: 'from below', inputs: [[-3, 4], []], values: [undefined, [-0.5]], write: clip },
    {
      name: 'from above',
      inputs: [[-3, 4], []],
      values: [undefined, [0.5]],
      write: (onnx, x = none, max = none) => onnx.Clip(x, undefined, max),
    },
  ],
  Equal: 'flat',
  Greater: 'flat',
  GreaterOrEqual: 'flat',
  Less: 'flat',
  LessOrEqual: 'flat',
  And: 'flat',
  Or: 'flat',
  Not: 'flat',
  Where: [
    ...two((onnx, a, b) => onnx.Where(onnx.Greater(a, b), onnx.Mul(a, b), b)),
    {
      name: 'of one condition for each example',
      inputs: [[-3, 4], [4], [-3, 1]],
      write: (onnx, a = none, b = none, c = none) => onnx.Where(onnx.Less(c, 0), a, b),
    },
  ],
  Cast: one((onnx, x) => onnx.Cast(onnx.Cast(onnx.Mul(x, x), 'float64'), 'float32')),
  Identity: one((onnx, x) => onnx.Identity(x)),
  OneHot: 'opaque',
};

function clip(onnx: OnnxBuilder, x: Value = none, min: Value = none, max?: Value): Value {
  return onnx.Clip(x, min, max);
}
