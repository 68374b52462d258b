import { ALL, FLOAT, NUMBER, flag, optional, required, type OperatorSpec } from './spec.ts';

const unary = {
  inputs: { X: 'T' },
  outputs: { Y: 'T' },
  types: { T: FLOAT },
  attributes: {},
  webgpu: 26,
} satisfies OperatorSpec;

const binary = {
  inputs: { A: 'T', B: 'T' },
  outputs: { C: 'T' },
  types: { T: NUMBER },
  attributes: {},
  webgpu: 26,
} satisfies OperatorSpec;

const variadic = {
  inputs: { data: 'T*' },
  outputs: { result: 'T' },
  types: { T: NUMBER },
  attributes: {},
  webgpu: 26,
} satisfies OperatorSpec;

const comparison = { ...binary, outputs: { C: 'bool' } } satisfies OperatorSpec;

const logical = {
  inputs: { A: 'bool', B: 'bool' },
  outputs: { C: 'bool' },
  types: {},
  attributes: {},
  webgpu: 0,
} satisfies OperatorSpec;

/** Operators that work element by element, with ONNX's broadcasting between two or more inputs. */
export const ELEMENTWISE = {
  Add: binary,
  Sub: binary,
  Mul: binary,
  Div: binary,
  Pow: { ...binary, inputs: { X: 'T', Y: 'T1' }, outputs: { Z: 'T' }, types: { T: NUMBER, T1: NUMBER } },
  Max: variadic,
  Min: variadic,
  Neg: { ...unary, types: { T: NUMBER } },
  Abs: { ...unary, types: { T: NUMBER } },
  Sqrt: unary,
  Exp: unary,
  Log: unary,
  Erf: { ...unary, types: { T: ['float32', 'float16'] } },
  Sin: { ...unary, types: { T: ['float32', 'float64'] }, webgpu: 21 },
  Cos: { ...unary, types: { T: ['float32', 'float64'] }, webgpu: 21 },
  Sign: { ...unary, types: { T: NUMBER }, webgpu: 0 },
  Floor: unary,
  Reciprocal: unary,
  Relu: unary,
  LeakyRelu: { ...unary, types: { T: ['float32'] }, attributes: { alpha: optional('float', 0.01) } },
  Elu: { ...unary, types: { T: ['float32'] }, attributes: { alpha: optional('float', 1) }, webgpu: 21 },
  Sigmoid: unary,
  Tanh: unary,
  Softplus: { ...unary, types: { T: ['float32'] } },
  Clip: { ...unary, inputs: { input: 'T', min: 'T?', max: 'T?' }, outputs: { output: 'T' } },
  Equal: { ...comparison, types: { T: [...NUMBER, 'bool'] } },
  Greater: comparison,
  GreaterOrEqual: comparison,
  Less: comparison,
  LessOrEqual: comparison,
  And: logical,
  Or: logical,
  Not: { ...logical, inputs: { X: 'bool' }, outputs: { Y: 'bool' }, webgpu: 26 },
  Where: {
    inputs: { condition: 'bool', X: 'T', Y: 'T' },
    outputs: { output: 'T' },
    types: { T: [...NUMBER, 'uint8'] },
    attributes: {},
    webgpu: 26,
  },
  Cast: {
    inputs: { input: 'T1' },
    outputs: { output: 'T2' },
    types: { T1: ALL, T2: ALL },
    attributes: { to: required('int'), saturate: flag(1, { since: 19 }) },
    webgpu: 26,
  },
  Identity: { ...unary, types: { T: ALL } },
  OneHot: {
    inputs: { indices: 'T1', depth: 'T2', values: 'T3' },
    outputs: { output: 'T3' },
    types: { T1: ['int64'], T2: ['int64'], T3: ['float32', 'int64'] },
    attributes: { axis: optional('int', -1) },
    webgpu: 0,
  },
} satisfies Record<string, OperatorSpec>;
