import { invalid } from '../attributes.ts';
import { isFloat } from '../dtype.ts';
import { input, type Kernel } from '../reference/numbers.ts';
import type { Definition } from './definition.ts';
import { binary, binarySpec, broadcastingShape, combine, type Binary } from './elementwise.ts';
import { NUMBER, type OperatorSpec } from './spec.ts';

const variadicSpec = {
  inputs: { data: 'T*' },
  outputs: { result: 'T' },
  types: { T: NUMBER },
  attributes: {},
  webgpu: 26,
} satisfies OperatorSpec;

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

/** Arithmetic of two or more tensors that broadcast. */
export const ARITHMETIC = {
  Add: { ...binarySpec, infer: broadcastingShape, evaluate: binary((a, b) => a + b), exact: true },
  Sub: { ...binarySpec, infer: broadcastingShape, evaluate: binary((a, b) => a - b), exact: true },
  Mul: { ...binarySpec, infer: broadcastingShape, evaluate: binary(product, product, Math.imul), exact: true },
  Div: { ...binarySpec, infer: broadcastingShape, evaluate: quotient, exact: true },
  Pow: {
    ...binarySpec,
    inputs: { X: 'T', Y: 'T1' },
    outputs: { Z: 'T' },
    types: { T: NUMBER, T1: NUMBER },
    infer: broadcastingShape,
    evaluate: power,
    exact: true,
  },
  Max: { ...variadicSpec, infer: broadcastingShape, evaluate: binary(Math.max) },
  Min: { ...variadicSpec, infer: broadcastingShape, evaluate: binary(Math.min) },
} satisfies Record<string, Definition>;
