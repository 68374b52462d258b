import { layer } from '../dsl/check-arguments.ts';
import { constant, noise } from '../dsl/leaves.ts';
import { apply, modal, named, type Tensor } from '../dsl/tensor.ts';
import { block, upcoming } from '../dsl/trace.ts';
import { libraryOp, type Op } from '../graph/op.ts';
import type { Shape } from '../shape/shape.ts';
import { between } from '../values/rules.ts';
import { imageOf } from './window.ts';

/** Returns the numbers 0 to n − 1. */
const counting = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

// Inputs: the image, the batch's draw of the side, and the image's draws of row and column, all uniform in [0, 1). The
// square's side is ⌊share·h·u + ½⌋ rows by ⌊share·w·u + ½⌋ columns, and its corner is at one of the positions that keep
// it inside.
const op: Op<{ share: number }> = libraryOp({
  name: 'omission',
  shape: ([x]) => {
    imageOf(2, x);
    return x;
  },
  run: (tf, [x, side = x, place = x], { share }, _, { shape: [h = 0, w = 0] }) => {
    const [row, column] = tf.split(tf.reshape(place, [-1, 1, 1, 2]), 2, 3);
    const within = (n: number, at: typeof x | undefined, axis: number[]) => {
      if (!at) throw new Error('omission: expected two draws for each image');
      const length = tf.floor(tf.add(tf.mul(side, share * n), 0.5));
      const begin = tf.floor(tf.mul(at, tf.sub(n + 1, length)));
      const index = tf.tensor(counting(n), axis, 'float32');
      return tf.logicalAnd(tf.greaterEqual(index, begin), tf.less(index, tf.add(begin, length)));
    };
    const omitted = tf.logicalAnd(within(h, row, [1, h, 1, 1]), within(w, column, [1, 1, w, 1]));
    return tf.mul(x, tf.cast(tf.logicalNot(omitted), 'float32'));
  },
  lower: (onnx, [x, side = x, place = x], { share }, _, { shape: [h = 0, w = 0] }) => {
    const [row, column] = onnx.Split(onnx.Reshape(place, [-1, 1, 1, 2]), [1, 1], { axis: 3 });
    const within = (n: number, at: typeof x | undefined, axis: number[]) => {
      if (!at) throw new Error('omission: expected two draws for each image');
      const length = onnx.Floor(onnx.Add(onnx.Mul(side, share * n), 0.5));
      const begin = onnx.Floor(onnx.Mul(at, onnx.Sub(n + 1, length)));
      const index = onnx.constant({ dtype: 'float32', shape: axis, data: Float32Array.from(counting(n)) });
      return onnx.And(onnx.GreaterOrEqual(index, begin), onnx.Less(index, onnx.Add(begin, length)));
    };
    const omitted = onnx.And(within(h, row, [1, h, 1, 1]), within(w, column, [1, 1, w, 1]));
    return onnx.Mul(x, onnx.Cast(onnx.Not(omitted), 'float32'));
  },
});

/**
 * Input omission noise (Sohn, Lee and Yan, 2015, section 4.2): in training, a square of each image is set to 0. Its
 * side, up to `share` of the image's, is drawn for the batch, and its position for each image; in inference it does
 * nothing. The authors' code has a share of 0.4.
 */
export const omission = layer(
  'omission',
  { args: [between('a share above 0 and up to 1', [0, 1], "the authors' is 0.4", 'last')] },
  (share: number) =>
    <S extends Shape>(x: Tensor<S>): Tensor<S> => {
      named(upcoming('omission'), () => imageOf(2, x.shape));
      return block('omission', ({ label }) => {
        const side = noise(`${label}/side`, 'uniform', constant([], 0), []);
        const place = noise(`${label}/place`, 'uniform', x, [2]);
        return modal(apply<{ share: number }, S>(op, [x, side, place], { share }), x);
      });
    },
);
