import type { OnnxBuilder, Value } from '../onnx/builder.ts';
import { size } from '../shape/size.ts';
import { attributesOf, firstState, operands, resultOf, type OnnxInputs } from './onnx-recurrent.ts';
import { directionsOf } from './recurrent-attrs.ts';

/** Writes an LSTM of steps that all exist. */
export const plainLstm = (onnx: OnnxBuilder, inputs: OnnxInputs): Value => {
  const [h, c] = inputs.states.map((state) => firstState(onnx, state, inputs.attrs));
  const given = { ...operands(onnx, inputs), ...(h && { h }), ...(c && { c }) };
  return resultOf(onnx, onnx.LSTM(given, attributesOf(inputs.attrs)), inputs);
};

/**
 * Writes an LSTM that skips steps. The operator only skips them at the end, and on WebGPU only as many as are known
 * beforehand. So the steps that exist are moved together, to where it begins to read, and the state after a step is
 * that after as many of them as exist up to there. Both are products with matrices of zeros and ones.
 */
export const maskedLstm = (onnx: OnnxBuilder, inputs: OnnxInputs, mask: Value): Value => {
  const { params, attrs } = inputs;
  if (directionsOf(attrs) === 1) return oneWay(onnx, inputs, mask);
  const [forward, reverse] = [0, 1].map((d) => {
    const part = (value: Value): Value => onnx.Slice(value, [d], [d + 1], [0]);
    const { direction: _, ...rest } = attrs;
    return oneWay(
      onnx,
      {
        ...inputs,
        attrs: d === 0 ? rest : { ...rest, direction: 'reverse' },
        params: { kernel: part(params.kernel), recurrent: part(params.recurrent), bias: part(params.bias) },
      },
      mask,
    );
  });
  if (!forward || !reverse) throw new Error('an LSTM without a direction');
  return onnx.Concat([forward, reverse], { axis: -1 });
};

const oneWay = (onnx: OnnxBuilder, inputs: OnnxInputs, mask: Value): Value => {
  const { x, states, attrs, steps } = inputs;
  const backwards = attrs.direction === 'reverse';
  const constant = (shape: readonly number[], at: (i: number) => number): Value =>
    onnx.constant({
      dtype: 'float32',
      shape,
      data: Float32Array.from({ length: size(shape) }, (_, i) => at(i)),
    });
  const is = (a: Value, b: Value): Value => onnx.Cast(onnx.Equal(a, b), 'float32');

  // How many steps have been read once step t has been, if it exists: [N, T].
  const read = onnx.MatMul(
    mask,
    constant([steps, steps], (i) => {
      const [from, to] = [Math.floor(i / steps), i % steps];
      return (backwards ? from >= to : from <= to) ? 1 : 0;
    }),
  );
  // How many have been read at each place, where those that exist are together: [T].
  const places = (shape: readonly number[]) => constant(shape, (k) => (backwards ? steps - k : k + 1));
  const moves = onnx.Mul(is(onnx.Unsqueeze(read, [1]), places([steps, 1])), onnx.Unsqueeze(mask, [1]));
  const { last: _, masked: __, ...all } = attrs;
  const together = plainLstm(onnx, { ...inputs, x: onnx.MatMul(moves, x), attrs: all });

  const wanted = onnx.Unsqueeze(attrs.last ? onnx.ReduceSum(mask, [1], { keepdims: 1 }) : read, [2]);
  const found = onnx.MatMul(is(wanted, places([steps])), together);
  const [h] = states;
  // Before the first step that exists, it is the first state.
  const y = h ? onnx.Add(found, onnx.Mul(is(wanted, onnx.constant(0)), onnx.Unsqueeze(h, [1]))) : found;
  return attrs.last ? onnx.Squeeze(y, [1]) : y;
};
