import { number } from '../onnx/attributes.ts';
import type { OnnxNode } from '../onnx/graph.ts';
import { numbersOf } from '../onnx/tensor.ts';
import type { View } from './workspace.ts';

/** scale · x + shift for each channel, which are counted along axis 1 of x; one number stands for all channels. */
export interface Affine {
  readonly input: string;
  readonly scale: Float64Array;
  readonly shift: Float64Array;
}

/** A batch normalisation with constants as what it is: x · γ/√(σ² + ε) + (β − μ · γ/√(σ² + ε)). */
export const normalization = (node: OnnxNode, view: View): Affine | undefined => {
  if (node.op !== 'BatchNormalization') return undefined;
  const [input = '', ...names] = node.inputs;
  const [gamma, beta, mean, variance] = names.map((name) => {
    const tensor = view.constant(name);
    return tensor && numbersOf(tensor);
  });
  if (!gamma || !beta || !mean || !variance) return undefined;
  const epsilon = number(node, 'epsilon');
  const scale = gamma.map((g, i) => g / Math.sqrt((variance[i] ?? NaN) + epsilon));
  return { input, scale, shift: beta.map((b, i) => b - (mean[i] ?? NaN) * (scale[i] ?? NaN)) };
};

/** A sum with, or a product or quotient by, constants that are one for each channel, or one for all. */
export const arithmetic = (node: OnnxNode, view: View): Affine | undefined => {
  const { op, inputs } = node;
  if (op !== 'Add' && op !== 'Sub' && op !== 'Mul' && op !== 'Div') return undefined;
  const [a = '', b = ''] = inputs;
  const [left, right] = [channels(node, a, view), channels(node, b, view)];
  if (right && view.constant(a) === undefined) {
    const [one, none] = [right.map(() => 1), right.map(() => 0)];
    if (op === 'Add') return { input: a, scale: one, shift: right };
    if (op === 'Sub') return { input: a, scale: one, shift: right.map((v) => -v) };
    return { input: a, scale: op === 'Mul' ? right : right.map((v) => 1 / v), shift: none };
  }
  if (!left || op === 'Div' || view.constant(b) !== undefined) return undefined;
  const [one, none] = [left.map(() => 1), left.map(() => 0)];
  if (op === 'Mul') return { input: b, scale: left, shift: none };
  return { input: b, scale: op === 'Add' ? one : one.map((v) => -v), shift: left };
};

/** A constant operand as one number for each channel of the node's output, or for all; undefined where it is not that. */
const channels = ({ outputs: [y = ''] }: OnnxNode, name: string, view: View): Float64Array | undefined => {
  const tensor = view.constant(name);
  const shape = view.type(y)?.shape;
  if (!tensor || !shape || shape.length < 2 || tensor.shape.length > shape.length) return undefined;
  const lengths = [...shape.slice(tensor.shape.length).map(() => 1), ...tensor.shape];
  return lengths.every((length, axis) => length === 1 || axis === 1) ? numbersOf(tensor) : undefined;
};
