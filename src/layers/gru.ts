import { TENSOR } from '../dsl/check-arguments.ts';
import type { Tensor } from '../dsl/tensor.ts';
import { zeros } from '../graph/init.ts';
import type { OnnxBuilder, Value } from '../onnx/builder.ts';
import { attributesOf, firstState, operands, resultOf } from './onnx-recurrent.ts';
import { directionsOf, type RecurrentAttrs } from './recurrent-attrs.ts';
import { recurrentLayer, type Recurrent, type RecurrentOptions } from './recurrent.ts';

/** What is added to an update gate to hold the state: its sigmoid is 1 exactly. */
const HELD = 1e4;

/**
 * Returns x and its weights with a channel more, which is 1 where a step does not exist: it opens the update gate, so
 * that h' = z·h + (1 − z)·n is h. So the operator itself skips steps, wherever they are.
 */
const holding = (onnx: OnnxBuilder, x: Value, kernel: Value, mask: Value, attrs: RecurrentAttrs) => {
  const { units } = attrs;
  const shape = [directionsOf(attrs), 3 * units, 1];
  const data = Float32Array.from({ length: directionsOf(attrs) * 3 * units }, (_, i) =>
    i % (3 * units) < units ? HELD : 0,
  );
  const absent = onnx.Unsqueeze(onnx.Sub(1, mask), [2]);
  return {
    x: onnx.Concat([x, absent], { axis: 2 }),
    kernel: onnx.Concat([kernel, onnx.constant({ dtype: 'float32', shape, data })], { axis: 2 }),
  };
};

const layerOf = recurrentLayer<Tensor>(
  {
    name: 'gru',
    gates: 3,
    bias: zeros,
    cell: {
      states: 1,
      step: (tf, ofInputs, ofState, [h = ofState]) => {
        const [xz = h, xr = h, xn = h] = tf.split(ofInputs, 3, 1);
        const [hz = h, hr = h, hn = h] = tf.split(ofState, 3, 1);
        const [z, r] = [tf.sigmoid(tf.add(xz, hz)), tf.sigmoid(tf.add(xr, hr))];
        const n = tf.tanh(tf.add(xn, tf.mul(r, hn)));
        return [tf.add(n, tf.mul(z, tf.sub(h, n)))];
      },
    },
    lower: (onnx, inputs) => {
      const { x, mask, states, params, attrs } = inputs;
      const held = mask && holding(onnx, x, params.kernel, mask, attrs);
      const given = held ? { ...inputs, x: held.x, params: { ...params, kernel: held.kernel } } : inputs;
      const [h] = states.map((state) => firstState(onnx, state, attrs));
      const results = onnx.GRU(
        { ...operands(onnx, given), ...(h && { h }) },
        { ...attributesOf(attrs), linear_before_reset: 1 },
      );
      return resultOf(onnx, results, inputs);
    },
  },
  TENSOR,
  (h) => [h],
);

/**
 * Gated recurrent units (Cho et al., 2014) over the steps of a series, [steps, channels]: the state after each step,
 * [steps, units], or with `last` the one after the last step, [units].
 *
 *     z = σ(W·x + R·h + b), r likewise, n = tanh(W·x + r·(R·h + b) + b), h' = (1 − z)·n + z·h
 *
 * As PyTorch's, and Keras' with `reset_after`. Its parameters `kernel` [1, 3·units, channels], `recurrent`
 * [1, 3·units, units] and `bias` [1, 6·units] are those of ONNX's operator GRU, which files contain: the gates in the
 * order z, r, n, the biases of the input, then those of the state. PyTorch has the order r, z, n.
 *
 * @example
 * ```ts
 * import { constant, gru } from 'cvae-compile';
 *
 * const series = constant([24, 3], 0); // 24 steps of 3 channels, as in a network's body
 * console.log(series.pipe(gru(64)).shape); // [24, 64]
 * console.log(series.pipe(gru(64), gru(32, { last: true })).shape); // [32]
 * ```
 */
export const gru = <U extends number, const L extends boolean = false, M extends number = number>(
  units: U,
  options?: RecurrentOptions<L, Tensor<[NoInfer<U>]>, M>,
): Recurrent<U, L, M> =>
  // Of the shape that its type states; the tests compare the two.
  layerOf(units, options) as unknown as Recurrent<U, L, M>;
