import { oneHot } from '../../src/layers/embedding.ts';
import type { Tensor } from '../../src/dsl/tensor.ts';
import type { Binary } from '../../src/layers/arithmetic.ts';
import type { Elementwise } from '../../src/layers/elementwise.ts';
import {
  abs,
  add,
  at,
  avgPool1d,
  avgPool2d,
  batchMean,
  mmd,
  batchNorm,
  clip,
  concat,
  concatAt,
  conv1d,
  convDecoder,
  convEncoder,
  conv2d,
  convTranspose1d,
  convTranspose2d,
  cos,
  crop2d,
  dense,
  div,
  dropout,
  each,
  elementwise,
  elu,
  embedding,
  exp,
  expand,
  flatten,
  gaussian,
  gaussianNoise,
  gelu,
  globalAvgPool2d,
  group,
  groupNorm,
  instanceNorm,
  layerNorm,
  lgamma,
  leakyRelu,
  log,
  log1p,
  logSumExp,
  matMul,
  maximum,
  maxPool1d,
  maxPool2d,
  minimum,
  mlp,
  mul,
  omission,
  permute,
  reduceMax,
  reduceMean,
  reduceSum,
  pad2d,
  pixelShuffle,
  relu,
  repeat,
  reshape,
  residual,
  resize2d,
  shaped,
  sigmoid,
  sign,
  silu,
  sin,
  slice,
  sliceAt,
  softmax,
  softplus,
  sqrt,
  square,
  stack,
  stopGradient,
  sub,
  sum,
  sumLast,
  tanh,
  ungroup,
  upsample1d,
  upsample2d,
  where,
} from '../../src/layers/index.ts';
import type * as layers from '../../src/layers/index.ts';
import { ATTENTION } from './attention-cases.ts';
import { given, type LayerCase, type Options } from './case.ts';
import { RECURRENT } from './recurrent-cases.ts';

/** Single elements: scalars, vectors, images; of examples, of several samples for each, of parameters. */
const elements = (layer: Elementwise, options: Options = {}): LayerCase[] => [
  given([[]], layer, [], options),
  given([[7]], layer, [7], options),
  given([[3, 5, 2]], layer, [3, 5, 2], { ...options, leads: [4] }),
  given([[7]], layer, [7], { ...options, leads: [0] }),
];

/** Where a layer is not smooth. */
const kink = (layer: Elementwise): LayerCase =>
  given([[3]], layer, [3], { values: [0, -1, 1], gradient: 'alike', name: 'at 0' });

/** Two operands: of one shape, or one a number or a scalar; of examples, of several samples for each, of parameters. */
const both = (f: Binary, options: Options = {}): LayerCase[] => [
  given([[7], [7]], f, [7], options),
  given(
    [
      [3, 5, 2],
      [3, 5, 2],
    ],
    f,
    [3, 5, 2],
    { ...options, leads: [4, 4] },
  ),
  given([[3, 5, 2], []], (a, b) => f(a, b), [3, 5, 2], { ...options, name: 'an image and a number for each' }),
  given([[3, 5, 2], []], (a, b) => f(a, b), [3, 5, 2], { ...options, leads: [1, 0], name: 'images and one number' }),
  given(
    [
      [3, 5, 2],
      [3, 5, 2],
    ],
    f,
    [3, 5, 2],
    { ...options, leads: [1, 0], name: 'images and a parameter' },
  ),
  given([[7], [7]], f, [7], { ...options, leads: [0, 4], name: 'a parameter and samples' }),
  given([[7], []], (a, b) => f(a, b), [7], { ...options, leads: [0, 1], name: 'a parameter and a number for each' }),
  given([[7], [7]], f, [7], { ...options, leads: [0, 0], name: 'parameters' }),
  given([[3, 5, 2], [2]], (a, b) => f(a, b), [3, 5, 2], { ...options, name: 'an image and a number for each channel' }),
  given(
    [
      [5, 2],
      [3, 5, 2],
    ],
    (a, b) => f(a, b),
    [3, 5, 2],
    { ...options, leads: [4, 4], name: 'a row and an image' },
  ),
  given(
    [
      [3, 5, 2],
      [5, 2],
    ],
    (a, b) => f(a, b),
    [3, 5, 2],
    { ...options, leads: [1, 0], name: 'images and a row' },
  ),
  given([[7]], (a) => f(a, 0.3), [7], { ...options, name: 'a constant' }),
  given([[7]], (a) => f(0.3, a), [7], { ...options, name: 'of a constant' }),
];

/** Every kernel, stride and padding, on an image with an odd and an even side. */
const windows = (
  layer: (window: {
    kernel: number;
    stride: 1 | 2;
    padding: 'same' | 'valid';
  }) => (x: Tensor<[number, number, number]>) => Tensor<[number, number, number]>,
  length: (n: number, kernel: number, stride: number, padding: 'same' | 'valid') => number,
  channels: number,
  options: Options = {},
): LayerCase[] =>
  [1, 2, 3, 4, 5].flatMap((kernel) =>
    ([1, 2] as const).flatMap((stride) =>
      (['same', 'valid'] as const).map((padding) => {
        const side = (n: number) => length(n, kernel, stride, padding);
        const shape: [number, number, number] = [side(5), side(8), channels];
        const name = `kernel ${kernel}, stride ${stride}, padding ${padding}`;
        return given([[5, 8, 2]], layer({ kernel, stride, padding }), shape, { ...options, name });
      }),
    ),
  );

const shrunk = (n: number, kernel: number, stride: number, padding: 'same' | 'valid'): number =>
  padding === 'same' ? Math.ceil(n / stride) : Math.floor((n - kernel) / stride) + 1;

const grown = (n: number, kernel: number, stride: number, padding: 'same' | 'valid'): number =>
  padding === 'same' ? n * stride : (n - 1) * stride + kernel;

/** What each layer is tried with. A layer without cases does not compile. */
export const CASES: Readonly<Record<keyof typeof layers, readonly LayerCase[]>> = {
  relu: [...elements(relu), kink(relu)],
  leakyRelu: [...elements(leakyRelu()), ...elements(leakyRelu(0.2)), kink(leakyRelu())],
  elu: [...elements(elu), kink(elu)],
  gelu: elements(gelu),
  silu: elements(silu),
  tanh: elements(tanh),
  sigmoid: [...elements(sigmoid), given([[4]], sigmoid, [4], { values: [-100, -20, 20, 100], name: 'large numbers' })],
  softplus: [
    ...elements(softplus),
    given([[6]], softplus, [6], { values: [-1e4, -100, -20, 20, 100, 1e4], name: 'large numbers' }),
  ],
  exp: elements(exp),
  log: elements(log, { between: [0.1, 5] }),
  lgamma: [...elements(lgamma, { between: [0.01, 30] }), ...elements(lgamma, { between: [1e3, 1e6] })],
  sqrt: elements(sqrt, { between: [0.1, 5] }),
  square: elements(square),
  abs: [...elements(abs), kink(abs)],
  sign: elements(sign, { gradient: 'none' }),
  sin: elements(sin),
  cos: elements(cos),
  log1p: [
    ...elements(log1p, { between: [-0.9, 5] }),
    given([[4]], log1p, [4], { values: [1e-6, -0.2499, 0.2501, 1e4], name: 'small and large numbers' }),
  ],
  clip: [
    ...elements(clip(-0.5, 0.25)),
    given([[3]], clip(-1, 1), [3], { values: [-2, 0, 2], name: 'below, within and above' }),
  ],
  elementwise: elements(
    elementwise(
      'twice',
      (tf, [x]) => tf.mul(tf.sigmoid(x), 2),
      (onnx, [x]) => onnx.Mul(onnx.Sigmoid(x), 2),
    ),
  ),
  softmax: [
    given([[7]], softmax, [7]),
    given([[3, 5, 2]], softmax, [3, 5, 2], { leads: [4] }),
    given([[7]], softmax, [7], { leads: [0] }),
    given([[4]], softmax, [4], { values: [1e4, 1e4, -1e4, 0], name: 'large numbers' }),
  ],

  add: both(add),
  sub: both(sub),
  mul: both(mul),
  div: both(div, { between: [0.5, 2] }),
  maximum: both(maximum),
  minimum: both(minimum),
  where: [
    given([[7], [7], [7]], where, [7], { values: [0, 1, -1] }),
    given([[3, 5, 2], [2]], (c, a) => where(c, a, 0), [3, 5, 2], { values: [0, 1], name: 'channels and a number' }),
    given([[5, 2], [3, 5, 2], []], (c, a, b) => where(c, a, b), [3, 5, 2], { values: [0, 1, 2], leads: [4, 0, 4] }),
  ],

  dense: [given([[5]], dense(3), [3]), given([[1]], dense(1), [1]), given([[200]], dense(20), [20], { leads: [4] })],
  conv1d: [
    given([[7, 3]], conv1d(4), [7, 4]),
    given([[8, 3]], conv1d(4, { stride: 2 }), [4, 4], { leads: [4] }),
    given([[9, 1]], conv1d(2, { kernel: 5, stride: 2, padding: 'valid' }), [3, 2]),
    given([[1, 3]], conv1d(2, { kernel: 5 }), [1, 2]),
    given([[13, 3]], conv1d(2, { kernel: 3, stride: 3, dilation: 2 }), [5, 2], { name: 'stride 3, dilation 2' }),
    given([[7, 4]], conv1d(6, { groups: 2 }), [7, 6], { name: 'two groups' }),
    given([[9, 3]], conv1d(6, { groups: 3, stride: 2, dilation: 2 }), [5, 6], { name: 'depthwise, dilated' }),
  ],
  conv2d: [
    given([[7, 5, 3]], conv2d(4), [7, 5, 4]),
    given([[7, 5, 3]], conv2d(4, { stride: 2 }), [4, 3, 4], { leads: [0], name: 'of a parameter' }),
    given([[7, 5, 3]], conv2d(4, { stride: 2 }), [4, 3, 4], { leads: [4] }),
    given([[5, 5, 1]], conv2d(2, { kernel: 5, padding: 'valid' }), [1, 1, 2]),
    given([[1, 1, 3]], conv2d(2, { kernel: 5 }), [1, 1, 2]),
    given([[9, 8, 2]], conv2d(3, { kernel: [5, 2], stride: [3, 1], dilation: [1, 3] }), [3, 8, 3], {
      name: 'one number for each side',
    }),
    given([[9, 9, 2]], conv2d(3, { stride: 2, dilation: 2, padding: 'valid' }), [3, 3, 3], {
      name: 'stride and dilation 2',
    }),
    given([[5, 4, 4]], conv2d(6, { groups: 2 }), [5, 4, 6], { name: 'two groups' }),
    given([[5, 4, 4]], conv2d(4, { groups: 4, stride: 2 }), [3, 2, 4], { name: 'depthwise', leads: [4] }),
    given([[5, 4, 2]], conv2d(6, { groups: 2, kernel: [3, 2], stride: [2, 1], dilation: [1, 2] }), [3, 4, 6], {
      name: 'depthwise, three filters a channel',
    }),
    ...windows((window) => conv2d(3, window), shrunk, 3),
  ],
  convTranspose1d: [
    given([[7, 3]], convTranspose1d(4), [7, 4]),
    given([[4, 3]], convTranspose1d(2, { stride: 2 }), [8, 2], { leads: [4] }),
    given([[3, 3]], convTranspose1d(2, { kernel: 1, stride: 2 }), [6, 2]),
    given([[4, 2]], convTranspose1d(3, { stride: 3, dilation: 2 }), [12, 3], { name: 'stride 3, dilation 2' }),
    given([[4, 4]], convTranspose1d(6, { stride: 2, groups: 2 }), [8, 6], { name: 'two groups' }),
    given([[3, 1]], convTranspose1d(2, { kernel: 5, stride: 2, padding: 'valid' }), [9, 2]),
  ],
  convTranspose2d: [
    given([[7, 5, 3]], convTranspose2d(4), [7, 5, 4]),
    given([[4, 3, 3]], convTranspose2d(2, { stride: 2 }), [8, 6, 2], { leads: [4] }),
    given([[1, 1, 3]], convTranspose2d(2, { kernel: 5, padding: 'valid' }), [5, 5, 2]),
    given([[3, 2, 2]], convTranspose2d(3, { kernel: [2, 3], stride: [4, 1], dilation: [1, 2] }), [12, 2, 3], {
      name: 'one number for each side',
    }),
    given([[3, 2, 4]], convTranspose2d(2, { stride: 2, groups: 2 }), [6, 4, 2], { name: 'two groups' }),
    given([[3, 2, 2]], convTranspose2d(4, { groups: 2, padding: 'valid' }), [5, 4, 4], { name: 'depthwise' }),
    ...windows((window) => convTranspose2d(3, window), grown, 3),
  ],
  maxPool1d: [
    given([[7, 3]], maxPool1d(), [3, 3]),
    given([[7, 3]], maxPool1d({ padding: 'same' }), [4, 3], { leads: [4] }),
    given([[10, 2]], maxPool1d({ size: 4, stride: 3 }), [3, 2]),
    given([[6, 1]], maxPool1d({ size: 3, stride: 1 }), [4, 1]),
    given([[4, 1]], maxPool1d(), [2, 1], { values: [1], gradient: 'alike', name: 'of equal numbers' }),
  ],
  maxPool2d: [
    given([[7, 5, 3]], maxPool2d(), [3, 2, 3]),
    given([[7, 5, 3]], maxPool2d(), [3, 2, 3], { leads: [0], name: 'of a parameter' }),
    given([[7, 5, 3]], maxPool2d({ padding: 'same' }), [4, 3, 3], { leads: [4] }),
    given([[7, 5, 2]], maxPool2d({ size: [3, 1], stride: [3, 2] }), [2, 3, 2]),
    given([[4, 4, 1]], maxPool2d(), [2, 2, 1], { values: [1], gradient: 'alike', name: 'of equal numbers' }),
    given([[4, 4, 1]], maxPool2d({ size: 3, stride: 1 }), [2, 2, 1], {
      values: [1, 0, 1],
      gradient: 'alike',
      name: 'of equal numbers, windows overlap',
    }),
    given([[3, 3, 1]], maxPool2d({ size: 3, padding: 'same', stride: 1 }), [3, 3, 1], {
      values: [-1, -2, -3, -4],
      name: 'below 0: padding is no maximum',
      gradient: false,
    }),
    ...windows(({ kernel, ...window }) => maxPool2d({ size: kernel, ...window }), shrunk, 2),
  ],
  avgPool1d: [
    given([[7, 3]], avgPool1d(), [3, 3]),
    given([[7, 3]], avgPool1d({ size: 3, padding: 'same' }), [4, 3], { leads: [4] }),
  ],
  avgPool2d: [
    given([[7, 5, 3]], avgPool2d(), [3, 2, 3]),
    given([[7, 5, 3]], avgPool2d({ padding: 'same' }), [4, 3, 3], { leads: [4] }),
    given([[7, 5, 2]], avgPool2d({ size: [4, 2], stride: [3, 1], padding: 'same' }), [3, 5, 2]),
    ...windows(({ kernel, ...window }) => avgPool2d({ size: kernel, ...window }), shrunk, 2),
  ],
  globalAvgPool2d: [given([[7, 5, 3]], globalAvgPool2d, [3]), given([[1, 1, 2]], globalAvgPool2d, [2], { leads: [4] })],
  upsample1d: [given([[5, 2]], upsample1d(), [10, 2], { leads: [4] }), given([[3, 1]], upsample1d(3), [9, 1])],
  upsample2d: [
    given([[3, 5, 2]], upsample2d(), [6, 10, 2], { leads: [4] }),
    given([[3, 2, 1]], upsample2d(3), [9, 6, 1]),
    given([[3, 2, 1]], upsample2d(5), [15, 10, 1]),
    given([[2, 11, 1]], upsample2d(7), [14, 77, 1]),
    given([[3, 5, 2]], upsample2d(1), [3, 5, 2]),
  ],
  resize2d: [
    given([[5, 3, 2]], resize2d(7, 8), [7, 8, 2]),
    given([[5, 4, 3]], resize2d(3, 9, { mode: 'nearest' }), [3, 9, 3], { leads: [4] }),
    given([[8, 7, 1]], resize2d(4, 7), [4, 7, 1], { name: 'smaller, one side as it is' }),
    given([[4, 6, 2]], resize2d(12, 12, { mode: 'nearest' }), [12, 12, 2], { name: 'a whole number of times' }),
    given([[1, 1, 2]], resize2d(3, 1), [3, 1, 2], { name: 'one pixel' }),
  ],
  embedding: [
    given([[40, 5]], embedding(5, 3), [40, 3]),
    given([[5]], embedding(5, 3), [3], { leads: [4] }),
    given([[2, 4, 3]], embedding(3, 6), [2, 4, 6]),
    given([[3]], (x) => embedding(5, 2)(oneHot(x, 5)), [3, 2], {
      values: [0, 1, 4],
      gradient: false,
      name: 'looked up',
    }),
    given([[3]], (x) => oneHot(x, 5), [3, 5], { values: [0, 3, 4], gradient: false, name: 'one-hot' }),
  ],
  pixelShuffle: [
    given([[3, 2, 8]], pixelShuffle(2), [6, 4, 2]),
    given([[2, 3, 9]], pixelShuffle(3), [6, 9, 1], { leads: [4] }),
  ],
  crop2d: [
    given([[7, 5, 3]], crop2d(2), [3, 1, 3]),
    given([[7, 5, 3]], crop2d([1, 0]), [5, 5, 3], { leads: [4] }),
    given(
      [[7, 5, 3]],
      crop2d([
        [0, 3],
        [2, 1],
      ]),
      [4, 2, 3],
      { name: 'four sides' },
    ),
  ],
  pad2d: [
    given([[3, 2, 3]], pad2d(2), [7, 6, 3]),
    given([[3, 2, 3]], pad2d([1, 0]), [5, 2, 3], { leads: [4] }),
    given(
      [[3, 2, 3]],
      pad2d([
        [0, 3],
        [2, 1],
      ]),
      [6, 5, 3],
      { name: 'four sides' },
    ),
  ],

  reshape: [
    given([[12]], reshape(3, 2, 2), [3, 2, 2]),
    given([[3, 2, 2]], reshape(4, 3), [4, 3], { leads: [4] }),
    given([[3, 2, 2]], reshape(12), [12], { leads: [0] }),
  ],
  flatten: [
    given([[3, 2, 2]], flatten, [12]),
    given([[]], flatten, [1]),
    given([[3, 2, 2]], flatten, [12], { leads: [4] }),
    given([[3, 2]], flatten, [6], { leads: [0] }),
  ],
  shaped: [given([[3, 2]], shaped(3, 2), [3, 2])],
  concat: [
    given([[5], [3]], concat, [8]),
    given(
      [
        [3, 5, 2],
        [3, 5, 1],
        [3, 5, 4],
      ],
      (a, b, c) => concat(a, b, c),
      [3, 5, 7],
      { leads: [4, 4, 4] },
    ),
    given([[5], [3], [2]], (a, b, c) => concat(a, b, c), [10], { leads: [0, 1, 0], name: 'with parameters' }),
    given(
      [
        [2, 3, 1],
        [2, 3, 2],
      ],
      concat,
      [2, 3, 3],
      { leads: [4, 0], name: 'samples with a parameter' },
    ),
    given([[5], [3]], concat, [8], { leads: [0, 0], name: 'parameters' }),
    given([[5]], (x) => concat(x), [5]),
    given([[5]], (x) => concat(x, x), [10], { name: 'one twice' }),
  ],
  slice: [
    given([[7]], slice(2, 5), [3]),
    given([[3, 5, 4]], slice(0, 1), [3, 5, 1], { leads: [4] }),
    given([[7]], slice(6, 7), [1], { leads: [0] }),
  ],
  each: [
    given([[4, 3]], each(dense(5), relu), [4, 5]),
    given([[2, 4, 3]], each(dense(2)), [2, 4, 2], { leads: [4] }),
    given([[4, 3]], each(dense(5)), [4, 5], { leads: [0], name: 'of a parameter' }),
    given([[3]], each(dense(5)), [5], { name: 'of a vector' }),
    given([[4, 3], [2]], (x, z) => each((step) => concat(step, z).pipe(dense(5)))(x), [4, 5], {
      name: 'with a vector that is the same at each step',
    }),
    given([[4, 3], [3]], (x, gain) => each((step) => mul(step, gain))(x), [4, 3], { leads: [1, 0] }),
    given([[4, 3], [3]], (x, z) => each((step) => mul(step, z))(x), [4, 3], {
      leads: [0, 1],
      name: 'a parameter and examples',
    }),
    given([[4, 6]], each(reshape(2, 3), each(dense(4))), [4, 2, 4], { name: 'nested' }),
    given([[4, 3]], each(layerNorm, dropout(0.4)), [4, 3]),
    given([[4, 3]], each(batchNorm), [4, 3], { batches: [3, 8] }),
    given([[4, 3]], (x) => each(gaussian(2))(x).logVar, [4, 2]),
  ],
  expand: [
    given([[7]], expand(3), [3, 7]),
    given([[3, 2]], expand(4, 5), [4, 5, 3, 2], { leads: [4] }),
    given([[]], expand(5), [5]),
    given([[7]], expand(3), [3, 7], { leads: [0] }),
  ],
  at: [
    given([[7]], at(6), []),
    given([[4, 3]], at(0), [3], { leads: [4] }),
    given([[4, 3, 2]], at(2), [3, 2], { leads: [0] }),
  ],
  stack: [
    given([[5], [5]], stack, [2, 5]),
    given(
      [
        [3, 2],
        [3, 2],
      ],
      stack,
      [2, 3, 2],
      { leads: [4, 0], name: 'samples with a parameter' },
    ),
    given([[], []], stack, [2], { leads: [0, 0] }),
    given([[5]], (x) => stack(x, x, x), [3, 5], { name: 'one thrice' }),
  ],
  permute: [
    given([[4, 3]], permute(1, 0), [3, 4]),
    given([[4, 3, 2]], permute(2, 0, 1), [2, 4, 3], { leads: [4] }),
    given([[4, 3, 2]], permute(1, 0, 2), [3, 4, 2], { leads: [0] }),
  ],
  concatAt: [
    given(
      [
        [2, 3],
        [4, 3],
      ],
      concatAt(0),
      [6, 3],
    ),
    given(
      [
        [2, 3, 4],
        [2, 5, 4],
        [2, 1, 4],
      ],
      (a, b, c) => concatAt(1)(a, b, c),
      [2, 9, 4],
      { leads: [4, 0, 4] },
    ),
    given([[5], [3]], concatAt(0), [8], { leads: [0, 0], name: 'parameters' }),
  ],
  sliceAt: [
    given([[7, 2]], sliceAt(0)(2, 5), [3, 2]),
    given([[3, 5, 4]], sliceAt(1)(0, 1), [3, 1, 4], { leads: [4] }),
    given([[7]], sliceAt(0)(6, 7), [1], { leads: [0] }),
  ],
  reduceMax: [
    given([[7, 3]], reduceMax(0), [3]),
    given([[3, 5, 4]], reduceMax(1), [3, 4], { leads: [4] }),
    given([[7]], reduceMax(0), [], { leads: [0] }),
    given([[4]], reduceMax(0), [], { values: [1], gradient: 'alike', name: 'of equal numbers' }),
  ],
  reduceMean: [
    given([[7, 3]], reduceMean(0), [3]),
    given([[3, 5, 4]], reduceMean(2), [3, 5], { leads: [4] }),
    given([[7, 2]], reduceMean(1), [7], { leads: [0] }),
  ],
  reduceSum: [
    given([[7, 3]], reduceSum(0), [3]),
    given([[3, 5, 4]], reduceSum(1), [3, 4], { leads: [4] }),
    given([[7, 2]], reduceSum(1), [7], { leads: [0] }),
  ],
  matMul: [
    given(
      [
        [4, 3],
        [3, 5],
      ],
      matMul,
      [4, 5],
    ),
    given(
      [
        [2, 4, 3],
        [2, 3, 5],
      ],
      matMul,
      [2, 4, 5],
      { leads: [4, 4] },
    ),
    given(
      [
        [2, 4, 3],
        [3, 5],
      ],
      matMul,
      [2, 4, 5],
      { name: 'a matrix for each example' },
    ),
    given(
      [
        [2, 4, 3],
        [3, 5],
      ],
      matMul,
      [2, 4, 5],
      { leads: [4, 0], name: 'one matrix for all' },
    ),
    given(
      [
        [4, 3],
        [3, 5],
      ],
      matMul,
      [4, 5],
      { leads: [0, 1], name: 'queries for all' },
    ),
    given(
      [
        [4, 3],
        [3, 5],
      ],
      matMul,
      [4, 5],
      { leads: [0, 0], name: 'parameters' },
    ),
  ],

  mlp: [
    given([[7]], mlp([5, 3]), [3]),
    given([[7]], mlp([5, 3], { activation: tanh, dropout: 0.2 }), [3], { leads: [4] }),
  ],
  convEncoder: [given([[9, 8, 2]], convEncoder({ channels: [4, 6], groups: 2, units: 5 }), [5], { batches: [2] })],
  convDecoder: [given([[3]], convDecoder(4, 8, 1, { channels: [8, 4], groups: 2 }), [4, 8, 1], { batches: [2] })],
  layerNorm: [
    given([[7]], layerNorm, [7]),
    given([[3, 5, 4]], layerNorm, [3, 5, 4], { leads: [4] }),
    given([[7]], layerNorm, [7], { leads: [0] }),
  ],
  groupNorm: [
    given([[6]], groupNorm(2), [6]),
    given([[5, 6]], groupNorm(3), [5, 6], { leads: [4] }),
    given([[3, 5, 4]], groupNorm(2, { epsilon: 1e-3 }), [3, 5, 4]),
    given([[3, 2, 4]], groupNorm(4), [3, 2, 4], { name: 'a group for each channel' }),
    given([[3, 2, 4]], groupNorm(1, { affine: false }), [3, 2, 4], { name: 'one group, nothing learned' }),
    given([[6]], groupNorm(2), [6], { leads: [0] }),
  ],
  instanceNorm: [
    given([[3, 5, 4]], instanceNorm, [3, 5, 4]),
    given([[7, 2]], instanceNorm, [7, 2], { leads: [4] }),
    given([[2, 2, 2, 3]], instanceNorm, [2, 2, 2, 3]),
  ],
  residual: [
    given([[5]], (x) => x.pipe(residual((x) => x.pipe(dense(5), relu))), [5]),
    given([[4, 3, 2]], residual(conv2d(2)), [4, 3, 2], { leads: [4] }),
  ],
  // A single example has no deviation.
  batchNorm: [
    given([[7]], batchNorm, [7], { batches: [3, 8] }),
    given([[3, 5, 2]], batchNorm, [3, 5, 2]),
    given([[3, 5, 2]], batchNorm, [3, 5, 2], { leads: [4] }),
    given([[5, 2]], batchNorm, [5, 2], { batches: [3, 8] }),
    given([[2, 2, 2, 3]], batchNorm, [2, 2, 2, 3]),
  ],
  dropout: [
    given([[7]], dropout(0.4), [7]),
    given([[3, 5, 2]], dropout(0.1), [3, 5, 2], { leads: [4] }),
    given([[7]], dropout(0), [7]),
  ],
  gaussianNoise: [
    given([[7]], gaussianNoise(0.5), [7]),
    given([[3, 5, 2]], gaussianNoise(0.1), [3, 5, 2], { leads: [4] }),
  ],
  omission: [given([[5, 7, 2]], omission(0.4), [5, 7, 2]), given([[8, 8, 1]], omission(1), [8, 8, 1], { leads: [4] })],

  sum: [
    given([[7]], sum, []),
    given([[3, 5, 2]], sum, [], { leads: [4] }),
    given([[7]], sum, [], { leads: [0] }),
    given([[]], sum, []),
  ],
  sumLast: [
    given([[7]], sumLast, []),
    given([[3, 5, 2]], sumLast, [3, 5], { leads: [4] }),
    given([[3, 4]], sumLast, [3], { leads: [0] }),
  ],
  logSumExp: [
    given([[7]], logSumExp, []),
    given([[3, 5, 2]], logSumExp, [3, 5], { leads: [4] }),
    given([[7]], logSumExp, [], { leads: [0] }),
    given([[3]], logSumExp, [], { values: [1e4, 1e4, -1e4], name: 'large numbers' }),
    given([[3]], logSumExp, [], { values: [-1e4, -1e4, -2e4], name: 'large negative numbers' }),
  ],
  mmd: [
    given([[3], [3]], mmd, []),
    given([[2], [2]], mmd, [], { leads: [4, 4] }),
    given([[5], [5]], mmd, [], { leads: [1, 4], name: 'of more rows than the other' }),
  ],
  batchMean: [
    given([[7]], batchMean, [7]),
    given([[]], batchMean, [], { leads: [4] }),
    given([[7]], batchMean, [7], { leads: [0] }),
  ],

  repeat: [
    given([[7]], repeat(3), [7]),
    given([[2, 3, 2]], repeat(4), [2, 3, 2]),
    given([[5]], repeat(2), [5], { leads: [3] }),
    given([[5]], repeat(2), [5], { leads: [0] }),
  ],
  group: [
    given([[7]], group(3), [3, 7], { leads: [3] }),
    given([[2, 3, 2]], group(2), [2, 2, 3, 2], { leads: [4] }),
    given([[7]], group(1), [1, 7]),
  ],
  ungroup: [given([[3, 7]], ungroup(3), [7]), given([[2, 2, 3, 2]], ungroup(2), [2, 3, 2], { leads: [2] })],
  gaussian: [
    given([[7]], (x) => gaussian(4)(x).mean, [4]),
    given([[7]], (x) => gaussian(4)(x).logVar, [4], { leads: [4] }),
    given([[7]], (x) => gaussian(4, { variance: 0.5 })(x).mean, [4]),
  ],
  ...ATTENTION,
  ...RECURRENT,
  stopGradient: [
    given([[7]], stopGradient, [7], { gradient: 'none' }),
    given([[3, 5, 2]], (x) => stopGradient(exp(x)), [3, 5, 2], { gradient: 'none', leads: [4] }),
  ],
};
