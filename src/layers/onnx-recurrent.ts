import type { OnnxBuilder, RecurrentInputs, Value } from '../onnx/builder.ts';
import { directionsOf, type RecurrentAttrs } from './recurrent-attrs.ts';

/** The inputs of a recurrent op as ONNX has them, with a batch axis each. */
export interface OnnxInputs {
  /** [N, T, C] */
  readonly x: Value;
  /** [N, T], of zeros and ones */
  readonly mask?: Value;
  /** [N, U] each */
  readonly states: readonly Value[];
  readonly params: Readonly<Record<'kernel' | 'recurrent' | 'bias', Value>>;
  readonly attrs: RecurrentAttrs;
  readonly steps: number;
  readonly channels: number;
}

/** Returns what ONNX's recurrent operators take, but for the states: time comes first there, and directions. */
export const operands = (onnx: OnnxBuilder, { x, params }: OnnxInputs): RecurrentInputs => ({
  x: onnx.Transpose(x, [1, 0, 2]),
  w: params.kernel,
  r: params.recurrent,
  b: params.bias,
});

/** Returns a first state, [N, U], for each direction: [D, N, U]. */
export const firstState = (onnx: OnnxBuilder, state: Value, attrs: RecurrentAttrs): Value => {
  const one = onnx.Unsqueeze(state, [0]);
  return directionsOf(attrs) === 1 ? one : onnx.Concat([one, one], { axis: 0 });
};

/** Returns the attributes of ONNX's operators. */
export const attributesOf = ({ units, direction }: RecurrentAttrs) => ({
  hidden_size: units,
  ...(direction && { direction }),
});

/** Returns a layer's result: examples come first, and the states of both directions one behind the other. */
export const resultOf = (
  onnx: OnnxBuilder,
  [all, last, cell]: readonly (Value | undefined)[],
  { attrs, steps }: Pick<OnnxInputs, 'attrs' | 'steps'>,
): Value => {
  if (!all || !last) throw new Error('a recurrent network without a result');
  const width = 2 * attrs.units;
  if (attrs.whole && cell) return onnx.Squeeze(onnx.Concat([last, cell], { axis: -1 }), [0]);
  if (attrs.last) {
    if (directionsOf(attrs) === 1) return onnx.Squeeze(last, [0]);
    return onnx.Reshape(onnx.Transpose(last, [1, 0, 2]), [-1, width]);
  }
  if (directionsOf(attrs) === 1) return onnx.Transpose(onnx.Squeeze(all, [1]), [1, 0, 2]);
  return onnx.Reshape(onnx.Transpose(all, [2, 0, 1, 3]), [-1, steps, width]);
};
