import type * as tfjs from '@tensorflow/tfjs-core';
import type { OnnxBuilder, Value } from '../onnx/builder.ts';
import { same } from '../shape/same.ts';
import type { Shape } from '../shape/shape.ts';
import { each, type OpContext, type Some, type Tf } from './op.ts';

// Ops whose engines do not broadcast: a value without a batch axis, such as a parameter, is repeated for each example.

/** Repeats inputs without a batch axis if the op's result has one. */
export const repeatedRows = (tf: Tf, xs: Some<tfjs.Tensor>, { lead, leads }: OpContext): Some<tfjs.Tensor> => {
  const [count = 1] = xs.find((_x, i) => (leads[i] ?? 0) > 0)?.shape ?? [];
  return each(xs, (x, i) =>
    (leads[i] ?? 0) < lead
      ? // Tiles one row of numbers, since TensorFlow.js has the gradient of tile for up to four axes only.
        tf.reshape(tf.tile(tf.reshape(x, [1, x.size]), [count, 1]), [count, ...x.shape])
      : x,
  );
};

/** Like `repeatedRows`, in ONNX. */
export const repeatedRowsOnnx = (
  onnx: OnnxBuilder,
  xs: Some<Value>,
  { lead, leads, shapes }: OpContext,
): Some<Value> => {
  const batched = xs.find((_x, i) => (leads[i] ?? 0) > 0) ?? xs[0];
  return each(xs, (x, i) => ((leads[i] ?? 0) < lead ? forEachRow(onnx, x, shapes[i] ?? [], batched) : x));
};

/** Repeats a value of this shape, without a batch axis, for each row of another. */
export const forEachRow = (onnx: OnnxBuilder, x: Value, shape: Shape, batched: Value): Value => {
  const count = onnx.Shape(batched, { start: 0, end: 1 });
  const ones = shape.map(() => 1);
  return onnx.Expand(x, ones.length === 0 ? count : onnx.Concat([count, onnx.constant(ones, 'int64')], { axis: 0 }));
};

/** Broadcasts x to a shape, if it has another; unlike TensorFlow.js' own function, with a gradient for any rank. */
export const spreadTo = (tf: Tf, x: tfjs.Tensor, shape: Shape): tfjs.Tensor =>
  same(x.shape, shape) ? x : tf.add(x, tf.zeros([...shape]));

/** Broadcasts two tensors to one shape, for functions of TensorFlow.js whose gradient does not. */
export const spreadBoth = (tf: Tf, a: tfjs.Tensor, b: tfjs.Tensor): readonly [tfjs.Tensor, tfjs.Tensor] => {
  const shape = tf.broadcast_util.assertAndGetBroadcastShape(a.shape, b.shape);
  return [spreadTo(tf, a, shape), spreadTo(tf, b, shape)];
};
