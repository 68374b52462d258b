import { layer } from '../dsl/check-arguments.ts';
import { apply, type Tensor } from '../dsl/tensor.ts';
import { ShapeMismatch } from '../errors.ts';
import { exampleOp } from '../graph/lift.ts';
import type { Op } from '../graph/op.ts';
import type { Div, Mul } from '../shape/arithmetic.ts';
import type { Axis, Image } from '../shape/axes.ts';
import type { Divides } from '../shape/require.ts';
import type { Shape } from '../shape/shape.ts';
import { whole } from '../values/rules.ts';
import { imageOf } from './window.ts';

const op: Op<{ factor: number }> = exampleOp({
  name: 'pixelShuffle',
  shape: ([x], { factor }) => {
    const { sides, channels } = imageOf(2, x);
    const each = factor * factor;
    if (channels % each !== 0)
      throw new ShapeMismatch(`expected channels that ${each} divides, got ${channels}; change their number`);
    return [...sides.map((side) => side * factor), channels / each];
  },
  // [N·h, w, C, down, across] → [N·h, down, w, across, C]
  run: (tf, [x], { factor }, _, { shapes: [[, w = 0]], shape }) => {
    const apart = tf.reshape(x, [-1, w, shape[2] ?? 0, factor, factor]);
    return tf.reshape(tf.transpose(apart, [0, 3, 1, 4, 2]), [-1, ...shape]);
  },
  lower: (onnx, [x], { factor }, _, { shapes: [[, w = 0]], shape }) => {
    const apart = onnx.Reshape(x, [-1, w, shape[2] ?? 0, factor, factor]);
    return onnx.Reshape(onnx.Transpose(apart, [0, 3, 1, 4, 2]), [-1, ...shape]);
  },
});

/**
 * Makes each pixel's channels a square of `factor` × `factor` pixels: [h, w, C·f²] becomes [h·f, w·f, C] (Shi and
 * others, 2016). After a convolution, it enlarges an image without the checkerboard of transposed convolutions. Channel
 * c of the pixel in row i and column j of a square is channel (c·f + i)·f + j of the input, as in PyTorch; TensorFlow's
 * `depth_to_space` has C last: (i·f + j)·C + c.
 *
 * @example
 * ```ts
 * import { constant, conv2d, pixelShuffle } from 'cvae-compile';
 *
 * console.log(constant([14, 14, 32], 0).pipe(conv2d(12), pixelShuffle(2)).shape); // [28, 28, 3]
 * ```
 */
export const pixelShuffle = layer(
  'pixelShuffle',
  { args: [whole('as factor', 'give how many times larger')] },
  <R extends number>(factor: R) =>
    <X extends Shape>(
      x: Tensor<X> &
        Image<X, 'pixelShuffle'> &
        Divides<
          Axis<X, 2>,
          Mul<R, R>,
          `pixelShuffle: expected channels that ${Mul<R, R>} divides, got ${Axis<X, 2>}; change their number`
        >,
    ): Tensor<[Mul<Axis<X, 0>, R>, Mul<Axis<X, 1>, R>, Div<Axis<X, 2>, Mul<R, R>>]> =>
      apply(op, [x], { factor }),
);
