import { isTensor, type Tensor } from '../dsl/tensor.ts';
import type { Shape } from '../shape/shape.ts';
import type { Series } from '../shape/axes.ts';
import { size } from '../shape/size.ts';
import { isPlain, rule } from '../values/rules.ts';
import { slice } from './concat.ts';
import { maskedLstm, plainLstm } from './onnx-lstm.ts';
import { recurrentLayer, type Recurrent, type RecurrentOptions } from './recurrent.ts';

/** The first state of an LSTM: its hidden state h, with a cell of zeros, or both. */
export type LstmState<U extends number> = Tensor<[U]> | LstmStates<U>;

/** Both states of an LSTM. */
export interface LstmStates<U extends number> {
  readonly h: Tensor<[U]>;
  readonly c: Tensor<[U]>;
}

/** An LSTM of U units: a recurrent layer, or what gives both last states. */
export type Lstm<U extends number, L, M extends number = number> = [L] extends ['state']
  ? <S extends Shape>(x: Tensor<S> & Series<S, 'recurrent layer'>) => LstmStates<U>
  : Recurrent<U, Extract<L, boolean>, M>;

/** Zeros, but 1 for the forget gate, the third of four, so that an untrained cell remembers (Jozefowicz et al., 2015). */
const remembering = (shape: Shape): Float32Array => {
  const [, width = 8] = shape;
  const units = width / 8;
  return Float32Array.from({ length: size(shape) }, (_, i) => (Math.floor((i % width) / units) === 2 ? 1 : 0));
};

const STATE = rule(
  'a tensor, or { h, c },',
  (value) => isTensor(value) || (isPlain(value) && isTensor(value['h']) && isTensor(value['c'])),
  'give the hidden state, or both states',
);

const layerOf = recurrentLayer<LstmState<number>>(
  {
    name: 'lstm',
    gates: 4,
    isCell: true,
    bias: remembering,
    cell: {
      states: 2,
      step: (tf, ofInputs, ofState, [, c = ofState]) => {
        const [i = c, o = c, f = c, g = c] = tf.split(tf.add(ofInputs, ofState), 4, 1);
        const next = tf.add(tf.mul(tf.sigmoid(f), c), tf.mul(tf.sigmoid(i), tf.tanh(g)));
        return [tf.mul(tf.sigmoid(o), tf.tanh(next)), next];
      },
    },
    lower: (onnx, inputs) => (inputs.mask ? maskedLstm(onnx, inputs, inputs.mask) : plainLstm(onnx, inputs)),
  },
  STATE,
  (given) => (isTensor(given) ? [given] : [given.h, given.c]),
);

/**
 * Long short-term memory (Hochreiter and Schmidhuber, 1997; with forget gates) over the steps of a series, [steps,
 * channels]: the hidden state after each step, [steps, units], or with `last` the one after the last step, [units]. With
 * `last: 'state'` it gives both states after the last step, `{ h, c }`, [units] each: of a series of one step, the next
 * `initial` of a cell.
 *
 *     i, o, f = σ(W·x + R·h + b), c' = f·c + i·tanh(W·x + R·h + b), h' = o·tanh(c')
 *
 * `initial` is the first hidden state, with a cell of zeros, or `{ h, c }`, PyTorch's (h_0, c_0). Its parameters `kernel`
 * [1, 4·units, channels], `recurrent` [1, 4·units, units] and `bias` [1, 8·units] are those of ONNX's operator LSTM,
 * which files contain: the gates in the order i, o, f, c, the biases of the input, then those of the state, which are
 * added up. PyTorch and Keras have the order i, f, c, o. The bias of the forget gate starts at 1, as in Keras.
 *
 * @example
 * ```ts
 * import { constant, lstm } from 'cvae-compile';
 *
 * const series = constant([24, 3], 0); // 24 steps of 3 channels, as in a network's body
 * console.log(series.pipe(lstm(64)).shape); // [24, 64]
 * console.log(series.pipe(lstm(64, { last: true })).shape); // [64]
 * console.log(series.pipe(lstm(64, { last: 'state' })).c.shape); // [64]
 * ```
 */
export const lstm = <U extends number, const L extends boolean | 'state' = false, M extends number = number>(
  units: U,
  options?: RecurrentOptions<L, LstmState<NoInfer<U>>, M>,
): Lstm<U, L, M> => {
  const made = layerOf(units, options);
  const states = (x: Tensor) => {
    const both = made(x);
    return { h: slice(0, units)(both), c: slice(units, 2 * units)(both) };
  };
  // Of the shapes that its type states; the tests compare the two.
  return (options?.last === 'state' ? states : made) as unknown as Lstm<U, L, M>;
};
