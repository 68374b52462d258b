import { layer } from '../dsl/check-arguments.ts';
import { apply, type Tensor } from '../dsl/tensor.ts';
import { glorot, zeros } from '../graph/init.ts';
import { libraryOp, type Op, type Param } from '../graph/op.ts';
import type { Add, Mul, Sub } from '../shape/arithmetic.ts';
import { size } from '../shape/size.ts';
import { whole } from '../values/rules.ts';
import { ofExamples } from './lead.ts';
import { convolved, painted } from './tfjs-windows.ts';
import {
  axesOf,
  channelsFirst,
  channelsLast,
  grown,
  grownPads,
  imageOf,
  kernelFirst,
  shrunk,
  shrunkPads,
  windowAttributes,
  windowRules,
  type Axis,
  type Padding,
  type Rank,
  type Shrunk,
  type Window,
} from './window.ts';

interface Attrs extends Window {
  readonly filters: number;
}

/**
 * Options of a convolution: the kernel has `kernel` weights on each side and moves in steps of `stride`. The padding
 * `same` keeps the size (divided by the stride), `valid` does not pad.
 */
export interface ConvOptions<K extends number, S extends 1 | 2, P extends Padding> {
  readonly kernel?: K;
  readonly stride?: S;
  readonly padding?: P;
}

/** The length of an axis after a transposed convolution: n · s, or (n − 1) · s + k without padding. */
type Grown<N extends number, K extends number, S extends 1 | 2, P extends Padding> = P extends 'same'
  ? Mul<N, S>
  : Add<Mul<Sub<N, 1>, S>, K>;

/**
 * Returns TensorFlow's kernel [...sides, …channels] and a bias; the number of inputs and outputs per element determines
 * the initial values.
 */
const weights = (axes: readonly Axis[], takes: number, gives: number, channels: readonly number[]) => {
  const sides = axes.map(({ kernel }) => kernel);
  const kernel: Param = { shape: [...sides, ...channels], init: glorot(size(sides) * takes, size(sides) * gives) };
  return { kernel, bias: { shape: [gives], init: zeros } };
};

/** A convolution over `rank` spatial axes: `filters` features of each neighbourhood. */
export const convolution = (rank: Rank): Op<Attrs, 'kernel' | 'bias'> =>
  libraryOp({
    name: `conv${rank}d`,
    lead: ofExamples,

    shape: ([x], attrs) => [...shrunk(rank, imageOf(rank, x).sides, axesOf(rank, attrs)), attrs.filters],

    params: ([x], attrs) => {
      const { channels } = imageOf(rank, x);
      return weights(axesOf(rank, attrs), channels, attrs.filters, [channels, attrs.filters]);
    },

    run: (tf, [x], attrs, { kernel, bias }) => tf.add(convolved(tf, x, kernel, axesOf(rank, attrs)), bias),

    lower: (onnx, [x], attrs, { kernel, bias }, { shapes }) => {
      const axes = axesOf(rank, attrs);
      const attributes = windowAttributes(axes, shrunkPads(imageOf(rank, shapes[0]).sides, axes));
      const own = onnx.Transpose(kernel, kernelFirst(rank));
      return onnx.Transpose(
        onnx.Conv(onnx.Transpose(x, channelsFirst(rank)), own, bias, attributes),
        channelsLast(rank),
      );
    },
  });

/** A transposed convolution over `rank` spatial axes: each element adds to a neighbourhood of `filters` features. */
export const transposedConvolution = (rank: Rank): Op<Attrs, 'kernel' | 'bias'> =>
  libraryOp({
    name: `convTranspose${rank}d`,
    lead: ofExamples,

    shape: ([x], attrs) => [...grown(imageOf(rank, x).sides, axesOf(rank, attrs)), attrs.filters],

    params: ([x], attrs) => {
      const { channels } = imageOf(rank, x);
      return weights(axesOf(rank, attrs), channels, attrs.filters, [attrs.filters, channels]);
    },

    run: (tf, [x], attrs, { kernel, bias }) => tf.add(painted(tf, x, kernel, axesOf(rank, attrs)), bias),

    lower: (onnx, [x], attrs, { kernel, bias }) => {
      const axes = axesOf(rank, attrs);
      const { added, ...pads } = grownPads(axes);
      const attributes = {
        ...windowAttributes(axes, pads),
        ...(added.some((count) => count > 0) && { output_padding: added }),
      };
      const own = onnx.Transpose(kernel, kernelFirst(rank));
      return onnx.Transpose(
        onnx.ConvTranspose(onnx.Transpose(x, channelsFirst(rank)), own, bias, attributes),
        channelsLast(rank),
      );
    },
  });

const [conv1, conv2] = [convolution(1), convolution(2)];
const [transposed1, transposed2] = [transposedConvolution(1), transposedConvolution(2)];

const windowOf = ({ kernel = 3, stride = 1, padding = 'same' }: ConvOptions<number, 1 | 2, Padding>): Window => ({
  kernel,
  stride,
  padding,
});

const callOf = (rank: Rank) => ({
  args: [whole('of filters', 'give how many features it computes')],
  options: windowRules('kernel', rank),
});

/** A convolution of a series: `filters` features of each `kernel` steps. `stride: 2` halves the length. */
export const conv1d = layer(
  'conv1d',
  callOf(1),
  <F extends number, K extends number = 3, S extends 1 | 2 = 1, P extends Padding = 'same'>(
    filters: F,
    options: ConvOptions<K, S, P> = {},
  ) =>
    <L extends number, C extends number>(x: Tensor<[L, C]>): Tensor<[Shrunk<L, K, S, P>, F]> =>
      apply(conv1, [x], { filters, ...windowOf(options) }),
);

/**
 * A convolution: `filters` features of each `kernel` × `kernel` neighbourhood. `stride: 2` halves the image.
 *
 * @example
 * ```ts
 * import { constant, conv2d } from 'cvae-compile';
 *
 * const x = constant([28, 28, 1], 0); // an image, as in a network's body
 * console.log(x.pipe(conv2d(32)).shape); // [28, 28, 32]
 * console.log(x.pipe(conv2d(32, { kernel: 5, stride: 2 })).shape); // [14, 14, 32]
 * ```
 */
export const conv2d = layer(
  'conv2d',
  callOf(2),
  <F extends number, K extends number = 3, S extends 1 | 2 = 1, P extends Padding = 'same'>(
    filters: F,
    options: ConvOptions<K, S, P> = {},
  ) =>
    <H extends number, W extends number, C extends number>(
      x: Tensor<[H, W, C]>,
    ): Tensor<[Shrunk<H, K, S, P>, Shrunk<W, K, S, P>, F]> =>
      apply(conv2, [x], { filters, ...windowOf(options) }),
);

/**
 * A transposed convolution of a series, the reverse of `conv1d`: each step adds to `kernel` steps. `stride: 2` doubles
 * the length.
 */
export const convTranspose1d = layer(
  'convTranspose1d',
  callOf(1),
  <F extends number, K extends number = 3, S extends 1 | 2 = 1, P extends Padding = 'same'>(
    filters: F,
    options: ConvOptions<K, S, P> = {},
  ) =>
    <L extends number, C extends number>(x: Tensor<[L, C]>): Tensor<[Grown<L, K, S, P>, F]> =>
      apply(transposed1, [x], { filters, ...windowOf(options) }),
);

/**
 * A transposed convolution, the reverse of `conv2d`: each pixel adds to `kernel` × `kernel` pixels. `stride: 2` doubles
 * the image.
 *
 * @example
 * ```ts
 * import { constant, convTranspose2d } from 'cvae-compile';
 *
 * console.log(constant([7, 7, 64], 0).pipe(convTranspose2d(32, { stride: 2 })).shape); // [14, 14, 32]
 * ```
 */
export const convTranspose2d = layer(
  'convTranspose2d',
  callOf(2),
  <F extends number, K extends number = 3, S extends 1 | 2 = 1, P extends Padding = 'same'>(
    filters: F,
    options: ConvOptions<K, S, P> = {},
  ) =>
    <H extends number, W extends number, C extends number>(
      x: Tensor<[H, W, C]>,
    ): Tensor<[Grown<H, K, S, P>, Grown<W, K, S, P>, F]> =>
      apply(transposed2, [x], { filters, ...windowOf(options) }),
);
