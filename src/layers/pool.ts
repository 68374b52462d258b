import type * as tfjs from '@tensorflow/tfjs-core';
import { layer, plain } from '../dsl/check-arguments.ts';
import { apply, type Tensor } from '../dsl/tensor.ts';
import { libraryOp, type Op, type Tf } from '../graph/op.ts';
import type { OnnxBuilder, Value } from '../onnx/builder.ts';
import type { Attributes } from '../onnx/schema.ts';
import type { Mul } from '../shape/arithmetic.ts';
import { optional, whole } from '../values/rules.ts';
import {
  FIRST,
  LAST,
  pixels,
  shrunk,
  shrunkPads,
  windowRules,
  type Padding,
  type Shrunk,
  type Window,
} from './window.ts';
import { ofExamples } from './lead.ts';

/** `size` × `size` windows in steps of `stride`, by default 2 and 2; `valid` leaves out an incomplete window at the border. */
export interface PoolOptions<K extends number, S extends 1 | 2, P extends Padding> {
  readonly size?: K;
  readonly stride?: S;
  readonly padding?: P;
}

function pooling(
  name: string,
  run: (tf: Tf, x: tfjs.Tensor4D, window: Window) => tfjs.Tensor,
  lower: (onnx: OnnxBuilder, x: Value, attributes: Attributes<'AveragePool'> & Attributes<'MaxPool'>) => Value,
) {
  const op: Op<Window> = libraryOp({
    name,
    lead: ofExamples,
    shape: ([x], window) => {
      const [h, w, c] = pixels(x);
      return [shrunk(h, window), shrunk(w, window), c];
    },
    // `shape` has made sure of the rank.
    run: (tf, [x], window) => run(tf, x as tfjs.Tensor4D, window),
    lower: (onnx, [x], window, _, { shapes }) => {
      const { kernel: k, stride: s } = window;
      const pads = shrunkPads(shapes[0], window);
      return onnx.Transpose(
        lower(onnx, onnx.Transpose(x, FIRST), { kernel_shape: [k, k], strides: [s, s], pads }),
        LAST,
      );
    },
  });
  return layer(
    name,
    { options: windowRules('size') },
    <K extends number = 2, S extends 1 | 2 = 2, P extends Padding = 'valid'>(options: PoolOptions<K, S, P> = {}) => {
      const { size: kernel = 2, stride = 2, padding = 'valid' }: PoolOptions<number, 1 | 2, Padding> = options;
      return <H extends number, W extends number, C extends number>(
        x: Tensor<[H, W, C]>,
      ): Tensor<[Shrunk<H, K, S, P>, Shrunk<W, K, S, P>, C]> => apply(op, [x], { kernel, stride, padding });
    },
  );
}

/** The largest of each window. Of equal ones, the first in reading order gets the gradient. */
export const maxPool2d = pooling(
  'maxPool2d',
  (tf, x, { kernel, stride, padding }) => tf.maxPool(x, kernel, stride, padding),
  (onnx, x, attributes) => onnx.MaxPool(x, attributes),
);

/** How many elements of an image each window has along one axis; the padding before it has `begin`. */
const counts = (length: number, windows: number, begin: number, { kernel, stride }: Window): number[] =>
  Array.from({ length: windows }, (_, i) => {
    const from = i * stride - begin;
    return Math.min(from + kernel, length) - Math.max(from, 0);
  });

/**
 * The mean of each window with zeros for padding, put right by the number of elements that are none: TensorFlow.js in plain
 * JavaScript has no right gradient of its own for windows that are not full.
 */
const meanWithin = (tf: Tf, x: tfjs.Tensor4D, window: Window): tfjs.Tensor => {
  const { kernel, stride } = window;
  const [, h, w] = x.shape;
  const [top = 0, left = 0, bottom = 0, right = 0] = shrunkPads([h, w], window);
  if (top + left + bottom + right === 0) return tf.avgPool(x, kernel, stride, 'valid');
  const around: [number, number][] = [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ];
  const means = tf.avgPool(tf.pad(x, around), kernel, stride, 'valid');
  const rows = counts(h, shrunk(h, window), top, window);
  const columns = counts(w, shrunk(w, window), left, window);
  const shares = rows.flatMap((row) => columns.map((column) => kernel ** 2 / (row * column)));
  return tf.mul(means, tf.tensor(shares, [1, rows.length, columns.length, 1]));
};

/** The mean of each window; padding does not count. */
export const avgPool2d = pooling('avgPool2d', meanWithin, (onnx, x, attributes) => onnx.AveragePool(x, attributes));

const global: Op = libraryOp({
  name: 'globalAvgPool2d',
  lead: ofExamples,
  shape: ([x]) => [pixels(x)[2]],
  run: (tf, [x]) => tf.mean(x, [1, 2]),
  lower: (onnx, [x]) => onnx.ReduceMean(x, [1, 2], { keepdims: 0 }),
});

/** The mean of each channel over the image. */
export const globalAvgPool2d = plain(
  'globalAvgPool2d',
  <H extends number, W extends number, C extends number>(x: Tensor<[H, W, C]>): Tensor<[C]> => apply(global, [x], {}),
);

const enlarged: Op<{ factor: number }> = libraryOp({
  name: 'upsample2d',
  lead: ofExamples,
  shape: ([x], { factor }) => {
    const [h, w, c] = pixels(x);
    return [h * factor, w * factor, c];
  },
  // Not resizeNearestNeighbor: its gradient in plain JavaScript is wrong where height and width differ.
  run: (tf, [x], { factor }, _, { shapes: [[, w = 0, c = 0]], shape }) => {
    const rows = tf.reshape(x, [-1, 1, w, 1, c]);
    return tf.reshape(tf.mul(rows, tf.ones([1, factor, 1, factor, 1])), [-1, ...shape]);
  },
  lower: (onnx, [x], { factor }) =>
    onnx.Transpose(
      onnx.Resize(
        onnx.Transpose(x, FIRST),
        { scales: [1, 1, factor, factor] },
        { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' },
      ),
      LAST,
    ),
});

/** Each pixel `factor` × `factor` times, by default 2 × 2: enlarges without learning how. */
export const upsample2d = layer(
  'upsample2d',
  { args: [optional(whole('as factor', 'give how many times larger, or nothing: x.pipe(upsample2d())'))] },
  <F extends number = 2>(...[factor = 2 as F]: [factor?: F]) =>
    <H extends number, W extends number, C extends number>(x: Tensor<[H, W, C]>): Tensor<[Mul<H, F>, Mul<W, F>, C]> =>
      apply(enlarged, [x], { factor }),
);
