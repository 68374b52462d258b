import { number } from '../onnx/defaults.ts';
import type { OnnxNode } from '../onnx/graph.ts';
import { tensorOf } from '../onnx/tensor.ts';
import { tensor, type Made } from './origin.ts';
import type { View } from './workspace.ts';

/** An expression of one number for each channel, or of one for all. */
export interface Vector {
  readonly of: Made;
  readonly count: number;
}

/** scale · x + shift for each channel, on axis 1 of x; 1 and 0 if omitted. */
export interface Affine {
  readonly input: string;
  readonly scale?: Vector;
  readonly shift?: Vector;
}

/** Returns a batch normalisation with constants as an affine transform: x · γ/√(σ² + ε) + (β − μ · γ/√(σ² + ε)). */
export const normalization = (node: OnnxNode, view: View): Affine | undefined => {
  if (node.op !== 'BatchNormalization') return undefined;
  const [input = '', ...names] = node.inputs;
  const [gamma, beta, mean, variance] = names.map((name) => {
    const constant = view.constant(name);
    return constant && tensor(constant);
  });
  if (!gamma || !beta || !mean || !variance) return undefined;
  const count = gamma.tensor.data.length;
  const deviation: Made = { op: 'sqrt', of: { op: 'add', of: variance, by: single(number(node, 'epsilon')) } };
  const scale: Made = { op: 'div', of: gamma, by: deviation };
  const shift: Made = { op: 'sub', of: beta, by: { op: 'mul', of: mean, by: scale } };
  return { input, scale: { of: scale, count }, shift: { of: shift, count } };
};

/** Returns a sum with, or a product or quotient by, a constant for each channel or for all as an affine transform. */
export const arithmetic = (node: OnnxNode, view: View): Affine | undefined => {
  const { op, inputs } = node;
  if (op !== 'Add' && op !== 'Sub' && op !== 'Mul' && op !== 'Div') return undefined;
  const [a = '', b = ''] = inputs;
  const [left, right] = [channels(node, a, view), channels(node, b, view)];
  if (right && view.constant(a) === undefined) {
    const { of, count } = right;
    if (op === 'Add') return { input: a, shift: right };
    if (op === 'Sub') return { input: a, shift: { of: { op: 'neg', of }, count } };
    return { input: a, scale: op === 'Mul' ? right : { of: { op: 'div', of: single(1), by: of }, count } };
  }
  if (!left || op === 'Div' || view.constant(b) !== undefined) return undefined;
  if (op === 'Mul') return { input: b, scale: left };
  return { input: b, ...(op === 'Sub' && { scale: { of: single(-1), count: 1 } }), shift: left };
};

/** Returns one number as an expression. */
export const single = (value: number): Made => tensor(tensorOf('float64', [1], [value]));

/**
 * Returns a constant operand as one number for each channel of the node's output, or for all; undefined if it is
 * neither.
 */
const channels = ({ outputs: [y = ''] }: OnnxNode, name: string, view: View): Vector | undefined => {
  const constant = view.constant(name);
  const shape = view.type(y)?.shape;
  if (!constant || !shape || shape.length < 2 || constant.shape.length > shape.length) return undefined;
  const lengths = [...shape.slice(constant.shape.length).map(() => 1), ...constant.shape];
  const count = constant.data.length;
  if (!lengths.every((length, axis) => length === 1 || axis === 1)) return undefined;
  return { of: { op: 'reshape', of: tensor(constant), shape: [count] }, count };
};
