import { apply, ones, type Op, type Shape, type Tensor } from 'cvae-compile';

/** What swish does, in full: its shape, what it owns, how it trains and how it is written in ONNX. */
export const op: Op<object, 'beta'> = {
  name: 'swish',
  shape: ([x]) => x,
  params: ([x]) => ({ beta: { shape: x.slice(-1), init: ones } }),
  run: (tf, [x], _, { beta }) => tf.mul(x, tf.sigmoid(tf.mul(x, beta))),
  lower: (onnx, [x], _, { beta }) => onnx.Mul(x, onnx.Sigmoid(onnx.Mul(x, beta))),
};

/** x · sigmoid(β · x), where β is learned for each channel (Ramachandran, Zoph and Le, 2017). */
export const swish = <S extends Shape>(x: Tensor<S>): Tensor<S> => apply(op, [x], {});
