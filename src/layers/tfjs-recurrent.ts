import type * as tfjs from '@tensorflow/tfjs-core';
import type { Tf } from '../graph/op.ts';
import type { RecurrentAttrs } from './recurrent-attrs.ts';

/** Takes a step: from the products of all gates, [N, G·U] each, and the state, [N, U] each, to the next state. */
export type TfjsCell = {
  readonly states: number;
  step(tf: Tf, ofInputs: tfjs.Tensor, ofState: tfjs.Tensor, state: readonly tfjs.Tensor[]): readonly tfjs.Tensor[];
};

interface Inputs {
  /** [N, T, C] */
  readonly x: tfjs.Tensor;
  /** [N, T] */
  readonly mask?: tfjs.Tensor;
  /** [N, U] each */
  readonly states: readonly tfjs.Tensor[];
  readonly params: Readonly<Record<'kernel' | 'recurrent' | 'bias', tfjs.Tensor>>;
  readonly attrs: RecurrentAttrs;
}

/** Computes a recurrent layer step by step, in TensorFlow.js: [N, T, D·U], or [N, D·U] if only the last is wanted. */
export const recurrence = (tf: Tf, cell: TfjsCell, inputs: Inputs): tfjs.Tensor => {
  const { direction } = inputs.attrs;
  if (direction !== 'bidirectional') return oneWay(tf, cell, inputs, 0, direction === 'reverse');
  return tf.concat([oneWay(tf, cell, inputs, 0, false), oneWay(tf, cell, inputs, 1, true)], -1);
};

const oneWay = (tf: Tf, cell: TfjsCell, inputs: Inputs, d: number, backwards: boolean): tfjs.Tensor => {
  const { x, mask, states, params, attrs } = inputs;
  const [count = 0, steps = 0, channels = 0] = x.shape;
  const [, width = 0] = params.kernel.shape;
  const part = (value: tfjs.Tensor): tfjs.Tensor => tf.gather(value, d);
  const bias = part(params.bias);
  const [forX, forH] = [tf.slice(bias, [0], [width]), tf.slice(bias, [width], [width])];
  const there = (as: 'bool' | 'float32') => mask && isThere(tf, mask, [count, steps, 1], as);
  const seen = mask ? tf.where(there('bool') ?? mask, x, tf.zerosLike(x)) : x;
  const products = tf.add(tf.matMul(tf.reshape(seen, [-1, channels]), part(params.kernel), false, true), forX);
  const ofInputs = eachStep(tf, tf.reshape(products, [count, steps, width]));
  const present = mask && eachStep(tf, there('float32') ?? mask);
  const weights = part(params.recurrent);
  let state: readonly tfjs.Tensor[] = Array.from(
    { length: cell.states },
    (_, i) => states[i] ?? tf.zeros([count, attrs.units]),
  );
  const all: tfjs.Tensor[] = [];
  for (let k = 0; k < steps; k++) {
    const t = backwards ? steps - 1 - k : k;
    const [hidden = tf.zeros([count, attrs.units])] = state;
    const ofState = tf.add(tf.matMul(hidden, weights, false, true), forH);
    const next = cell.step(tf, ofInputs[t] ?? ofState, ofState, state);
    const m = present?.[t];
    // Where a step does not exist, its state is the one before.
    state = m ? next.map((value, i) => tf.add(tf.mul(value, m), tf.mul(state[i] ?? value, tf.sub(1, m)))) : next;
    if (state[0]) all[t] = state[0];
  }
  if (attrs.whole) return tf.concat([...state], -1);
  return attrs.last ? (state[0] ?? x) : tf.stack(all, 1);
};

/** Returns the entries of axis 1. TensorFlow.js has no gradient of `unstack` where there is only one. */
const eachStep = (tf: Tf, x: tfjs.Tensor): tfjs.Tensor[] =>
  x.shape[1] === 1 ? [tf.squeeze(x, [1])] : tf.unstack(x, 1);

/** Returns whether each step exists, in this shape. TensorFlow.js has no gradient of comparisons, not even one of 0. */
const isThere = (tf: Tf, mask: tfjs.Tensor, shape: number[], as: 'bool' | 'float32'): tfjs.Tensor =>
  tf.customGrad((m) => ({
    value: tf.cast(tf.notEqual(tf.reshape(m as typeof mask, shape), 0), as),
    gradFunc: () => tf.zeros(mask.shape),
  }))(mask);
