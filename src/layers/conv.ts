import type * as tfjs from '@tensorflow/tfjs-core';
import { layer } from '../dsl/check-arguments.ts';
import { apply, type Tensor } from '../dsl/tensor.ts';
import { glorot, zeros } from '../graph/init.ts';
import { libraryOp, type Op } from '../graph/op.ts';
import type { Add, Mul, Sub } from '../shape/arithmetic.ts';
import { whole } from '../values/rules.ts';
import {
  FIRST,
  grownPads,
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

interface Attrs extends Window {
  readonly filters: number;
}

/** `kernel` × `kernel` weights move in steps of `stride`; `same` keeps the size (divided by the stride), `valid` pads nothing. */
export interface ConvOptions<K extends number, S extends 1 | 2, P extends Padding> {
  readonly kernel?: K;
  readonly stride?: S;
  readonly padding?: P;
}

/** A length after a transposed convolution: n · s, or (n − 1) · s + k without padding. */
type Grown<N extends number, K extends number, S extends 1 | 2, P extends Padding> = P extends 'same'
  ? Mul<N, S>
  : Add<Mul<Sub<N, 1>, S>, K>;

const CALL = { args: [whole('of filters', 'give how many features it computes')], options: windowRules('kernel') };

const conv: Op<Attrs, 'kernel' | 'bias'> = libraryOp({
  name: 'conv2d',
  lead: ofExamples,

  shape: ([x], attrs) => {
    const [h, w] = pixels(x);
    return [shrunk(h, attrs), shrunk(w, attrs), attrs.filters];
  },

  params: ([x], { filters, kernel: k }) => {
    const [, , channels] = pixels(x);
    return {
      kernel: { shape: [k, k, channels, filters], init: glorot(k * k * channels, k * k * filters) },
      bias: { shape: [filters], init: zeros },
    };
  },

  // `shape` has made sure of the ranks.
  run: (tf, [x], { stride, padding }, { kernel, bias }) =>
    tf.add(tf.conv2d(x as tfjs.Tensor4D, kernel as tfjs.Tensor4D, stride, padding), bias),

  lower: (onnx, [x], { kernel: k, stride, padding }, { kernel, bias }, { shapes }) => {
    const pads = shrunkPads(shapes[0], { kernel: k, stride, padding });
    const weights = onnx.Transpose(kernel, OIHW);
    const attributes = { kernel_shape: [k, k], strides: [stride, stride], pads };
    return onnx.Transpose(onnx.Conv(onnx.Transpose(x, FIRST), weights, bias, attributes), LAST);
  },
});

// From TensorFlow's [height, width, in, out], and its [height, width, out, in] where transposed, to ONNX's.
const OIHW = [3, 2, 0, 1];

/** A convolution: `filters` features of each `kernel` × `kernel` neighbourhood. With `stride: 2` the image is halved. */
export const conv2d = layer(
  'conv2d',
  CALL,
  <F extends number, K extends number = 3, S extends 1 | 2 = 1, P extends Padding = 'same'>(
    filters: F,
    options: ConvOptions<K, S, P> = {},
  ) =>
    <H extends number, W extends number, C extends number>(
      x: Tensor<[H, W, C]>,
    ): Tensor<[Shrunk<H, K, S, P>, Shrunk<W, K, S, P>, F]> =>
      apply(conv, [x], { filters, ...windowOf(options) }),
);

const transposed: Op<Attrs, 'kernel' | 'bias'> = libraryOp({
  name: 'convTranspose2d',
  lead: ofExamples,

  shape: ([x], attrs) => {
    const [h, w] = pixels(x);
    return [grown(h, attrs), grown(w, attrs), attrs.filters];
  },

  params: ([x], { filters, kernel: k }) => {
    const [, , channels] = pixels(x);
    return {
      kernel: { shape: [k, k, filters, channels], init: glorot(k * k * channels, k * k * filters) },
      bias: { shape: [filters], init: zeros },
    };
  },

  run: (tf, [x], { stride, padding }, { kernel, bias }, { shape: [h = 0, w = 0, c = 0] }) => {
    const to: [number, number, number, number] = [x.shape[0] ?? 0, h, w, c];
    // `shape` has made sure of the ranks.
    return tf.add(tf.conv2dTranspose(x as tfjs.Tensor4D, kernel as tfjs.Tensor4D, to, stride, padding), bias);
  },

  lower: (onnx, [x], { kernel: k, stride, padding }, { kernel, bias }) => {
    const weights = onnx.Transpose(kernel, OIHW);
    const attributes = {
      kernel_shape: [k, k],
      strides: [stride, stride],
      ...grownPads({ kernel: k, stride, padding }),
    };
    return onnx.Transpose(onnx.ConvTranspose(onnx.Transpose(x, FIRST), weights, bias, attributes), LAST);
  },
});

const grown = (n: number, { kernel, stride, padding }: Window): number =>
  padding === 'same' ? n * stride : (n - 1) * stride + kernel;

/** A transposed convolution, the way back from `conv2d`: each pixel paints `kernel` × `kernel`. `stride: 2` doubles the image. */
export const convTranspose2d = layer(
  'convTranspose2d',
  CALL,
  <F extends number, K extends number = 3, S extends 1 | 2 = 1, P extends Padding = 'same'>(
    filters: F,
    options: ConvOptions<K, S, P> = {},
  ) =>
    <H extends number, W extends number, C extends number>(
      x: Tensor<[H, W, C]>,
    ): Tensor<[Grown<H, K, S, P>, Grown<W, K, S, P>, F]> =>
      apply(transposed, [x], { filters, ...windowOf(options) }),
);

const windowOf = ({ kernel = 3, stride = 1, padding = 'same' }: ConvOptions<number, 1 | 2, Padding>): Window => ({
  kernel,
  stride,
  padding,
});
