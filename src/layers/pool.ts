import type * as tfjs from '@tensorflow/tfjs-core';
import { layer, plain } from '../dsl/check-arguments.ts';
import { apply, type Tensor } from '../dsl/tensor.ts';
import { exampleOp } from '../graph/lift.ts';
import { type Op, type Tf } from '../graph/op.ts';
import type { OnnxBuilder, Value } from '../onnx/builder.ts';
import type { Attributes } from '../onnx/schema.ts';
import type { Axis as Length, Image, Series } from '../shape/axes.ts';
import type { Mul } from '../shape/arithmetic.ts';
import type { Shape } from '../shape/shape.ts';
import { optional, whole } from '../values/rules.ts';
import { largest, meanWithin } from './tfjs-windows.ts';
import {
  axesOf,
  channelsFirst,
  channelsLast,
  imageOf,
  shrunk,
  shrunkPads,
  windowAttributes,
  windowRules,
  type Axis,
  type Padding,
  type Rank,
  type Window,
} from './window.ts';
import type { Across, Down, Fitting, Pair, Shrunk } from './window-shape.ts';

/**
 * Options of pooling: a window of `size` elements on each side moves in steps of `stride`, by default 2 and 2; of an
 * image, both may be [height, width]. The padding `valid` omits an incomplete window at the border.
 */
export interface PoolOptions<K extends Pair, S extends Pair, P extends Padding> {
  readonly size?: K;
  readonly stride?: S;
  readonly padding?: P;
}

/** A window without dilation, which ONNX's AveragePool lacks before opset 19. */
type Pooling = Omit<Window, 'dilation'>;

const pooling = (
  rank: Rank,
  name: string,
  run: (tf: Tf, x: tfjs.Tensor, axes: readonly Axis[]) => tfjs.Tensor,
  lower: (onnx: OnnxBuilder, x: Value, attributes: Attributes<'AveragePool'> & Attributes<'MaxPool'>) => Value,
): Op<Pooling> =>
  exampleOp({
    name: `${name}${rank}d`,
    shape: ([x], window) => {
      const { sides, channels } = imageOf(rank, x);
      return [...shrunk(rank, sides, axesOf(rank, window)), channels];
    },
    run: (tf, [x], window) => run(tf, x, axesOf(rank, window)),
    lower: (onnx, [x], window, _, { shapes }) => {
      const axes = axesOf(rank, window);
      const attributes = windowAttributes(axes, shrunkPads(imageOf(rank, shapes[0]).sides, axes));
      return onnx.Transpose(lower(onnx, onnx.Transpose(x, channelsFirst(rank)), attributes), channelsLast(rank));
    },
  });

/** The maximum of each window over `rank` spatial axes. */
export const maxPooling = (rank: Rank): Op<Pooling> =>
  pooling(rank, 'maxPool', largest, (onnx, x, attributes) => onnx.MaxPool(x, attributes));

/** The mean of each window over `rank` spatial axes. */
export const averagePooling = (rank: Rank): Op<Pooling> =>
  pooling(rank, 'avgPool', meanWithin, (onnx, x, attributes) => onnx.AveragePool(x, attributes));

const windowOf = ({ size: kernel = 2, stride = 2, padding = 'valid' }: PoolOptions<Pair, Pair, Padding>): Pooling => ({
  kernel,
  stride,
  padding,
});

const ofSeries = <Name extends string>(name: Name, op: Op<Pooling>) =>
  layer(
    name,
    { options: windowRules('size', 1) },
    <K extends number = 2, S extends number = 2, P extends Padding = 'valid'>(options: PoolOptions<K, S, P> = {}) =>
      <X extends Shape>(
        x: Tensor<X> & Series<X, Name> & Fitting<Length<X, 0>, K, 1, P, Name, 'steps'>,
      ): Tensor<[Shrunk<Length<X, 0>, K, S, 1, P>, Length<X, 1>]> =>
        apply(op, [x], windowOf(options)),
  );

const ofImages = <Name extends string>(name: Name, op: Op<Pooling>) =>
  layer(
    name,
    { options: windowRules('size', 2) },
    <const K extends Pair = 2, const S extends Pair = 2, P extends Padding = 'valid'>(
      options: PoolOptions<K, S, P> = {},
    ) =>
      <X extends Shape>(
        x: Tensor<X> &
          Image<X, Name> &
          Fitting<Length<X, 0>, Down<K>, 1, P, Name, 'pixels a side'> &
          Fitting<Length<X, 1>, Across<K>, 1, P, Name, 'pixels a side'>,
      ): Tensor<
        [Shrunk<Length<X, 0>, Down<K>, Down<S>, 1, P>, Shrunk<Length<X, 1>, Across<K>, Across<S>, 1, P>, Length<X, 2>]
      > =>
        apply(op, [x], windowOf(options)),
  );

/** The maximum of each window of a series. If several elements are equal, the first receives the gradient. */
export const maxPool1d = ofSeries('maxPool1d', maxPooling(1));

/**
 * The maximum of each window. If several elements are equal, the first in reading order receives the gradient.
 *
 * @example
 * ```ts
 * import { constant, maxPool2d } from 'cvae-compile';
 *
 * console.log(constant([28, 28, 1], 0).pipe(maxPool2d()).shape); // [14, 14, 1]
 * ```
 */
export const maxPool2d = ofImages('maxPool2d', maxPooling(2));

/** The mean of each window of a series, not counting padding. */
export const avgPool1d = ofSeries('avgPool1d', averagePooling(1));

/** The mean of each window, not counting padding. */
export const avgPool2d = ofImages('avgPool2d', averagePooling(2));

const global: Op = exampleOp({
  name: 'globalAvgPool2d',
  shape: ([x]) => [imageOf(2, x).channels],
  run: (tf, [x]) => tf.mean(x, [1, 2]),
  lower: (onnx, [x]) => onnx.ReduceMean(x, [1, 2], { keepdims: 0 }),
});

/** The mean of each channel over the image. */
export const globalAvgPool2d = plain(
  'globalAvgPool2d',
  <X extends Shape>(x: Tensor<X> & Image<X, 'globalAvgPool2d'>): Tensor<[Length<X, 2>]> => apply(global, [x], {}),
);

const enlarging = (rank: 1 | 2): Op<{ factor: number }> =>
  exampleOp({
    name: `upsample${rank}d`,
    shape: ([x], { factor }) => {
      const { sides, channels } = imageOf(rank, x);
      return [...sides.map((side) => side * factor), channels];
    },
    // Not resizeNearestNeighbor: its gradient in plain JavaScript is wrong if height and width differ.
    run: (tf, [x], { factor }, _, { shapes, shape }) => {
      const { sides, channels } = imageOf(rank, shapes[0]);
      // Copies lie along an extra axis after each side; the first side is merged with the batch axis.
      const rest = sides.slice(1);
      const apart = tf.reshape(x, [-1, 1, ...rest.flatMap((side) => [side, 1]), channels]);
      const copies = tf.ones([1, factor, ...rest.flatMap(() => [1, factor]), 1]);
      return tf.reshape(tf.mul(apart, copies), [-1, ...shape]);
    },
    lower: (onnx, [x], { factor }, _, { shape }) =>
      rank === 1
        ? // OpenCV's Resize is that of images: copies of a step lie behind it, then after it.
          onnx.Reshape(
            onnx.Concat(
              Array.from({ length: factor }, () => x),
              { axis: -1 },
            ),
            [-1, ...shape],
          )
        : onnx.Transpose(
            onnx.Resize(
              onnx.Transpose(x, channelsFirst(rank)),
              { scales: [1, 1, factor, factor] },
              { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' },
            ),
            channelsLast(rank),
          ),
  });

const [enlarged1, enlarged2] = [enlarging(1), enlarging(2)];

/** The arguments of `upsample1d` and `upsample2d`. */
const upsampling = (name: string) => ({
  args: [optional(whole('as factor', `give how many times larger, or nothing: x.pipe(${name}())`))],
});

/** Repeats each step `factor` times, by default twice: lengthens a series without learned weights. */
export const upsample1d = layer(
  'upsample1d',
  upsampling('upsample1d'),
  <F extends number = 2>(...[factor = 2 as F]: [factor?: F]) =>
    <X extends Shape>(x: Tensor<X> & Series<X, 'upsample1d'>): Tensor<[Mul<Length<X, 0>, F>, Length<X, 1>]> =>
      apply(enlarged1, [x], { factor }),
);

/** Repeats each pixel `factor` × `factor` times, by default 2 × 2: enlarges an image without learned weights. */
export const upsample2d = layer(
  'upsample2d',
  upsampling('upsample2d'),
  <F extends number = 2>(...[factor = 2 as F]: [factor?: F]) =>
    <X extends Shape>(
      x: Tensor<X> & Image<X, 'upsample2d'>,
    ): Tensor<[Mul<Length<X, 0>, F>, Mul<Length<X, 1>, F>, Length<X, 2>]> =>
      apply(enlarged2, [x], { factor }),
);
