import { layer } from '../dsl/check-arguments.ts';
import { apply, type Tensor } from '../dsl/tensor.ts';
import { exampleOp } from '../graph/lift.ts';
import type { Op } from '../graph/op.ts';
import type { Axis, Image } from '../shape/axes.ts';
import type { Shape } from '../shape/shape.ts';
import { oneOf, whole } from '../values/rules.ts';
import { imageOf } from './window.ts';

/** How a pixel between others is computed: from the two nearest along each side, or as the nearest. */
type Mode = 'bilinear' | 'nearest';

/** Options of `resize2d`; `bilinear` by default. */
export interface ResizeOptions {
  readonly mode?: Mode;
}

interface Attrs {
  readonly height: number;
  readonly width: number;
  readonly mode: Mode;
}

/**
 * Returns what each of `to` pixels takes from each of `from` pixels along a side, a matrix [to, from]. Pixels are
 * squares, whose centres are compared (`half_pixel` in ONNX); beyond the outermost centres, their values continue.
 */
const shares = (from: number, to: number, mode: Mode): Float32Array => {
  const matrix = new Float32Array(to * from);
  for (let i = 0; i < to; i++) {
    const at = mode === 'nearest' ? Math.floor(((2 * i + 1) * from) / (2 * to)) : ((i + 0.5) * from) / to - 0.5;
    const place = Math.min(Math.max(at, 0), from - 1);
    const low = Math.floor(place);
    const high = Math.min(low + 1, from - 1);
    matrix[i * from + low] = 1 - (place - low);
    if (high > low) matrix[i * from + high] = place - low;
  }
  return matrix;
};

// As one product of matrices along each side, which every engine computes alike, forwards and backwards: their own
// functions for resizing round differently, and the gradients of some are wrong (`upsample2d`). It takes less time than
// the convolutions around it.
const op: Op<Attrs> = exampleOp({
  name: 'resize2d',
  shape: ([x], { height, width }) => [height, width, imageOf(2, x).channels],
  run: (tf, [x], { height, width, mode }, _, { shapes: [[h = 0, w = 0, channels = 0]] }) => {
    const rows = tf.reshape(x, [-1, h, w * channels]);
    const tall = h === height ? rows : tf.matMul(tf.tensor2d(shares(h, height, mode), [height, h]), rows);
    const pixels = tf.reshape(tall, [-1, w, channels]);
    const wide = w === width ? pixels : tf.matMul(tf.tensor2d(shares(w, width, mode), [width, w]), pixels);
    return tf.reshape(wide, [-1, height, width, channels]);
  },
  lower: (onnx, [x], { height, width, mode }, _, { shapes: [[h = 0, w = 0, channels = 0]] }) => {
    const matrix = (from: number, to: number) =>
      onnx.constant({ dtype: 'float32', shape: [to, from], data: shares(from, to, mode) });
    const rows = onnx.Reshape(x, [-1, h, w * channels]);
    const tall = h === height ? rows : onnx.MatMul(matrix(h, height), rows);
    const pixels = onnx.Reshape(tall, [-1, w, channels]);
    const wide = w === width ? pixels : onnx.MatMul(matrix(w, width), pixels);
    return onnx.Reshape(wide, [-1, height, width, channels]);
  },
});

/**
 * Resizes an image to `height` × `width` pixels without learned weights: `bilinear` interpolates between the nearest
 * pixels, `nearest` repeats or omits pixels. Pixels' centres are aligned, not those of the corners, and an image that
 * becomes smaller is not smoothed first: PyTorch's `F.interpolate(…)` and Keras' `Resizing` by default. `nearest` is
 * `nearest-exact` in PyTorch.
 *
 * @example
 * ```ts
 * import { constant, resize2d } from 'cvae-compile';
 *
 * console.log(constant([7, 7, 64], 0).pipe(resize2d(16, 12)).shape); // [16, 12, 64]
 * ```
 */
export const resize2d = layer(
  'resize2d',
  {
    args: [whole('of pixels', 'give the height'), whole('of pixels', 'give the width')],
    options: { mode: oneOf('bilinear', 'nearest') },
  },
  <H extends number, W extends number>(height: H, width: W, { mode = 'bilinear' }: ResizeOptions = {}) =>
    <X extends Shape>(x: Tensor<X> & Image<X, 'resize2d'>): Tensor<[H, W, Axis<X, 2>]> =>
      apply(op, [x], { height, width, mode }),
);
