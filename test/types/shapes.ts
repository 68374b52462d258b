// Compiled, not run: what the compiler infers. Where a line here is an error, a shape is no longer known.
import {
  add,
  at,
  attention,
  avgPool1d,
  avgPool2d,
  batchNorm,
  bernoulli,
  bidirectional,
  block,
  categorical,
  concat,
  concatAt,
  constant,
  continuous,
  conv1d,
  conv2d,
  convTranspose1d,
  convTranspose2d,
  crop2d,
  cvae,
  dense,
  distribution,
  div,
  dropout,
  each,
  expand,
  flatten,
  gaussian,
  gelu,
  globalAvgPool2d,
  glorot,
  group,
  groupNorm,
  gru,
  heads,
  image,
  instanceNorm,
  layerNorm,
  leakyRelu,
  logNormal,
  logSumExp,
  lstm,
  matMul,
  maximum,
  maxPool1d,
  maxPool2d,
  mixture,
  mul,
  network,
  normal,
  pad2d,
  ordinal,
  parameter,
  permute,
  pixelShuffle,
  positions,
  predictor,
  reduceMax,
  reduceMean,
  relu,
  repeat,
  reshape,
  residual,
  resize2d,
  shaped,
  sigmoid,
  slice,
  steps,
  sliceAt,
  softmax,
  squaredError,
  stack,
  stopGradient,
  sub,
  sum,
  sumLast,
  tanh,
  transformerDecoder,
  transformerEncoder,
  upsample1d,
  upsample2d,
  where,
  zeroInflated,
  zeros,
  type Gaussian,
  type Model,
  type Predictor,
  type Shape,
  type Pixels,
  type Target,
  type Tensor,
  type ValueOf,
  type Variable,
  type MaskOf,
} from 'cvae-compile';
import type { Samples, SamplesOf } from 'cvae-compile/runtime';
import { is, same } from './same.ts';

declare const vector: Tensor<[784]>;
declare const picture: Tensor<[28, 28, 1]>;
declare const odd: Tensor<[7, 5, 3]>;
declare const series: Tensor<[24, 3]>;
declare const scalar: Tensor<[]>;

// Layers
is<Tensor<[200]>>()(vector.pipe(dense(200), relu));
is<Tensor<[784]>>()(flatten(picture));
is<Tensor<[105]>>()(flatten(odd));
is<Tensor<[1]>>()(flatten(scalar));
is<Tensor<[7, 7, 16]>>()(vector.pipe(reshape(7, 7, 16)));
is<Tensor<[784]>>()(vector.pipe(shaped(784)));
is<Tensor<[28, 28, 8]>>()(picture.pipe(conv2d(8)));
is<Tensor<[4, 3, 8]>>()(odd.pipe(conv2d(8, { stride: 2 })));
is<Tensor<[26, 26, 8]>>()(picture.pipe(conv2d(8, { padding: 'valid' })));
is<Tensor<[2, 1, 8]>>()(odd.pipe(conv2d(8, { kernel: 4, stride: 2, padding: 'valid' })));
is<Tensor<[3, 5, 8]>>()(odd.pipe(conv2d(8, { stride: [3, 1], kernel: [5, 1], groups: 1 })));
is<Tensor<[3, 1, 6]>>()(odd.pipe(conv2d(6, { dilation: 2, padding: 'valid', groups: 3 })));
is<Tensor<[5, 1, 6]>>()(odd.pipe(conv2d(6, { kernel: [2, 3], dilation: [2, 2], padding: 'valid' })));
is<Tensor<[8, 8]>>()(series.pipe(conv1d(8, { stride: 3, dilation: 4 })));
is<Tensor<[28, 10, 8]>>()(odd.pipe(convTranspose2d(8, { stride: [4, 2], dilation: [1, 3] })));
is<Tensor<[21, 9, 8]>>()(odd.pipe(convTranspose2d(8, { stride: [3, 1], dilation: [1, 2], padding: 'valid' })));
is<Tensor<[2, 5, 3]>>()(odd.pipe(maxPool2d({ size: [3, 1], stride: [3, 1] })));
is<Tensor<[11, 8]>>()(series.pipe(conv1d(8, { kernel: 4, stride: 2, padding: 'valid' })));
is<Tensor<[48, 8]>>()(series.pipe(convTranspose1d(8, { stride: 2 })));
is<Tensor<[8, 3]>>()(series.pipe(maxPool1d({ size: 9, padding: 'valid' })));
is<Tensor<[12, 3]>>()(series.pipe(avgPool1d()));
is<Tensor<[72, 3]>>()(series.pipe(upsample1d(3)));
is<Tensor<[24, 64]>>()(series.pipe(gru(64)));
is<Tensor<[32]>>()(series.pipe(lstm(64, { reverse: true }), gru(32, { last: true })));
is<Tensor<[24, 128]>>()(series.pipe(bidirectional(gru(64, { mask: constant([24], 1) }))));
is<Tensor<[96]>>()(series.pipe(bidirectional(lstm(48, { last: true }))));
is<Tensor<[10]>>()(series.pipe(lstm(10, { last: 'state' })).c);
is<Tensor<[10]>>()(series.pipe(lstm(10, { last: true, initial: { h: constant([10], 0), c: constant([10], 0) } })));
// In a user's own block, for any series.
const read = <T extends number, C extends number>(x: Tensor<[T, C]>) =>
  x.pipe(bidirectional(gru(8)), gru(4, { last: true }));
is<Tensor<[4]>>()(series.pipe(read));
const queries = parameter('queries', [100, 64], glorot(100, 64));
is<Tensor<[24, 3]>>()(series.pipe(attention({ heads: 3, causal: true, dropout: 0.1 }), attention()));
is<Tensor<[100, 64]>>()(queries.pipe(attention({ heads: 8, of: series, mask: constant([24], 1) })));
is<Tensor<[24, 3]>>()(add(series, positions(24, 3)).pipe(transformerEncoder({ layers: 2, heads: 1, feed: 8 })));
is<Tensor<[100, 64]>>()(queries.pipe(transformerDecoder({ layers: 2, heads: 8, of: series, activation: gelu })));
// In a user's own block, for any series.
const attended =
  <H extends number>(heads: H) =>
  <T extends number, C extends number>(x: Tensor<[T, C]>) =>
    add(x, positions(x.shape[0], x.shape[1], { learned: true })).pipe(
      transformerEncoder({ layers: 1, heads, norm: 'before' }),
      attention({ heads: 4 }),
    );
is<Tensor<[100, 64]>>()(queries.pipe(attended(8)));
is<Tensor<[14, 10, 8]>>()(odd.pipe(convTranspose2d(8, { stride: 2 })));
is<Tensor<[7, 5, 8]>>()(odd.pipe(convTranspose2d(8)));
is<Tensor<[15, 11, 8]>>()(odd.pipe(convTranspose2d(8, { stride: 2, padding: 'valid' })));
is<Tensor<[3, 2, 3]>>()(odd.pipe(maxPool2d()));
is<Tensor<[4, 3, 3]>>()(odd.pipe(avgPool2d({ padding: 'same' })));
is<Tensor<[6, 4, 3]>>()(odd.pipe(avgPool2d({ stride: 1 })));
is<Tensor<[2, 1, 3]>>()(odd.pipe(maxPool2d({ size: 4 })));
is<Tensor<[3]>>()(globalAvgPool2d(odd));
is<Tensor<[14, 10, 3]>>()(odd.pipe(upsample2d()));
is<Tensor<[21, 15, 3]>>()(odd.pipe(upsample2d(3)));
is<Tensor<[16, 12, 3]>>()(odd.pipe(resize2d(16, 12), resize2d(16, 12, { mode: 'nearest' })));
is<Tensor<[14, 10, 2]>>()(odd.pipe(conv2d(8), pixelShuffle(2)));
is<Tensor<[5, 3, 3]>>()(odd.pipe(crop2d(1)));
is<Tensor<[5, 5, 3]>>()(odd.pipe(crop2d([1, 0])));
is<Tensor<[4, 5, 3]>>()(
  odd.pipe(
    crop2d([
      [1, 2],
      [0, 0],
    ]),
  ),
);
is<Tensor<[11, 9, 3]>>()(odd.pipe(pad2d(2)));
is<Tensor<[7, 8, 3]>>()(
  odd.pipe(
    pad2d([
      [0, 0],
      [1, 2],
    ]),
  ),
);
is<Tensor<[7, 5, 3]>>()(odd.pipe(groupNorm(3), instanceNorm, groupNorm(1, { affine: false })));
is<Tensor<[784]>>()(vector.pipe(groupNorm(16)));
is<Tensor<[28, 28, 8]>>()(
  picture.pipe(
    conv2d(8),
    residual((x) => x.pipe(relu, conv2d(4), conv2d(8))),
    relu,
  ),
);
is<Tensor<[28, 28, 8]>>()(picture.pipe(conv2d(8), residual(conv2d(8))));
is<Tensor<[200]>>()(
  vector.pipe(
    dense(200),
    residual((x) => x.pipe(dense(50), relu, dense(200))),
  ),
);
is<Tensor<[794]>>()(concat(vector, constant([10], 0)));
is<Tensor<[28, 28, 9]>>()(concat(picture, conv2d(8)(picture)));
is<Tensor<[804]>>()(concat(vector, dense(10)(vector), dense(10)(vector)));
// A list of tensors is as long as run time makes it: alone, after others, before others.
declare const vectors: Tensor<[32]>[];
declare const pictures: readonly Tensor<[28, 28, 3]>[];
same<ReturnType<typeof joinedVectors>, Tensor<[number]>>();
function joinedVectors() {
  return concat(vector, ...vectors);
}
function joinedPictures() {
  return concat(picture, ...pictures);
}
same<ReturnType<typeof joinedPictures>, Tensor<[28, 28, number]>>();
is<Tensor<[number]>>()(concat(vector, vector, ...vectors));
is<Tensor<[number]>>()(concat(vector, ...vectors, vector));
is<Tensor<[200]>>()(concat(vector, ...vectors).pipe(dense(200)));
is<Tensor<[784]>>()(concat(vector, ...([] as const)));
is<Tensor<[796]>>()(concat(vector, ...([dense(4)(vector), dense(8)(vector)] as const)));
// @ts-expect-error 128 numbers may come out, or any other multiple of 32: what they are is checked where they are used
is<Tensor<[32]>>()(concat(dense(32)(vector), ...vectors));
// @ts-expect-error pictures are not joined to a vector
is<Tensor>()(concat(vector, ...pictures));
is<Tensor<[7, 5, 2]>>()(odd.pipe(slice(1, 3)));
is<Tensor<[7, 5, 3]>>()(odd.pipe(batchNorm, layerNorm, leakyRelu(), dropout(0.1), softmax, stopGradient));
is<Tensor<[7, 5, 3]>>()(add(odd, odd));
is<Tensor<[7, 5, 3]>>()(add(odd, scalar));
is<Tensor<[7, 5, 3]>>()(sub(1, odd));
is<Tensor<[7, 5, 3]>>()(mul(odd, 0.5));
is<Tensor<[]>>()(div(scalar, scalar));
is<Tensor<[]>>()(sum(odd));
is<Tensor<[7, 5]>>()(sumLast(odd));
is<Tensor<[]>>()(logSumExp(vector));
is<Tensor<[784]>>()(vector.pipe(repeat(5)));
is<Tensor<[5, 784]>>()(vector.pipe(repeat(5), group(5)));
is<Gaussian<20>>()(vector.pipe(dense(200), relu, gaussian(20)));
is<Gaussian<20>>()(vector.pipe(gaussian(20, { variance: 1 })));
is<Tensor<[3, 4]>>()(parameter('scale', [3, 4], zeros));
is<Tensor<[3]>>()(constant([3], [1, 2, 3]));
is<Tensor<[10]>>()(
  // As many layers as pipe takes.
  vector.pipe(
    dense(1),
    relu,
    relu,
    relu,
    relu,
    relu,
    relu,
    relu,
    relu,
    relu,
    relu,
    relu,
    relu,
    relu,
    relu,
    relu,
    relu,
    relu,
    relu,
    dense(10),
  ),
);

// Conditions and targets, in place and beforehand, with and without options: none of their literals widens.
const given = {
  first: categorical(10),
  second: categorical('cat', 'dog'),
  third: continuous(3),
  fourth: image(8, 6, 2),
};
const fromConstant = cvae({
  condition: given,
  target: bernoulli(12),
  latent: 2,
  decoder: ({ z, first, second, third }) => concat(z, first, second, third).pipe(dense(12)),
});
same<typeof fromConstant.condition, typeof given>();
same<typeof given.first.shape, [10]>();
same<typeof given.second.shape, [2]>();
same<typeof given.third.shape, [3]>();
same<typeof given.fourth.shape, [8, 6, 2]>();
same<typeof fromConstant.target.shape, [12]>();
same<typeof fromConstant.latent, 2>();
cvae({
  condition: {
    count: categorical(10),
    name: categorical('cat', 'dog'),
    pixels: categorical(3, { at: [4, 5] }),
    one: continuous(1),
    none: continuous(),
    table: continuous(2, 3),
    picture: image(8, 6, 2),
  },
  target: bernoulli(8),
  latent: 3,
  prior: (x) => {
    is<Tensor<[10]>>()(x.count);
    is<Tensor<[2]>>()(x.name);
    is<Tensor<[4, 5, 3]>>()(x.pixels);
    is<Tensor<[1]>>()(x.one);
    is<Tensor<[]>>()(x.none);
    is<Tensor<[2, 3]>>()(x.table);
    is<Tensor<[8, 6, 2]>>()(x.picture);
    return x.count.pipe(gaussian(3));
  },
  decoder: ({ z, one, none, ...rest }) => {
    is<Tensor<[3]>>()(z);
    is<Tensor<[10]>>()(rest.count);
    return concat(z, add(one, none)).pipe(dense(8));
  },
});

/** What recognition sees of y, and what the decoder must give. */
const targets = {
  bernoulli: cvae({
    condition: {},
    target: bernoulli(784),
    latent: 2,
    recognition: ({ y }) => (is<Tensor<[784]>>()(y), y.pipe(gaussian(2))),
    decoder: ({ z }) => z.pipe(dense(784)),
  }),
  viewed: cvae({
    condition: {},
    target: bernoulli(784, { image: [28, 28, 1] }),
    latent: 2,
    recognition: ({ y }) => (is<Tensor<[784]>>()(y), y.pipe(gaussian(2))),
    decoder: ({ z }) => z.pipe(dense(784)),
  }),
  masked: cvae({
    condition: { x: image(8, 8, 1) },
    target: bernoulli(8, 8, 1, { mask: 'x' }),
    latent: 2,
    recognition: ({ y }) => (is<Tensor<[8, 8, 1]>>()(y), y.pipe(flatten, gaussian(2))),
    decoder: ({ x }) => x.pipe(conv2d(1)),
  }),
  normal: cvae({
    condition: {},
    target: normal(3),
    latent: 2,
    recognition: ({ y }) => (is<Tensor<[3]>>()(y), y.pipe(gaussian(2))),
    decoder: ({ z }) => z.pipe(dense(3)),
  }),
  fixed: cvae({
    condition: {},
    target: normal(3, { sigma: 0.1 }),
    latent: 2,
    recognition: ({ y }) => (is<Tensor<[3]>>()(y), y.pipe(gaussian(2))),
    decoder: ({ z }) => z.pipe(dense(3)),
  }),
  learned: cvae({
    condition: {},
    target: normal(3, { sigma: 'learned', floor: 0.01 }),
    latent: 2,
    recognition: ({ y }) => (is<Tensor<[3]>>()(y), y.pipe(gaussian(2))),
    decoder: ({ z }) => z.pipe(gaussian(3)),
  }),
  learnedImage: cvae({
    condition: { x: image(8, 8, 1) },
    target: normal(8, 8, 1, { sigma: 'learned' }),
    latent: 2,
    decoder: ({ x }) => ({ mean: x.pipe(conv2d(1)), logVar: x.pipe(conv2d(1)) }),
  }),
  squaredError: cvae({
    condition: {},
    target: squaredError(784, { image: [28, 28, 1] }),
    latent: 2,
    recognition: ({ y }) => (is<Tensor<[784]>>()(y), y.pipe(gaussian(2))),
    decoder: ({ z }) => z.pipe(dense(784), sigmoid),
  }),
  plainSquares: cvae({
    condition: {},
    target: squaredError(784),
    latent: 2,
    recognition: ({ y }) => (is<Tensor<[784]>>()(y), y.pipe(gaussian(2))),
    decoder: ({ z }) => z.pipe(dense(784)),
  }),
  categorical: cvae({
    condition: {},
    target: categorical(4),
    latent: 2,
    recognition: ({ y }) => (is<Tensor<[4]>>()(y), y.pipe(gaussian(2))),
    decoder: ({ z }) => z.pipe(dense(4)),
  }),
  named: cvae({
    condition: {},
    target: categorical('red', 'green', 'blue'),
    latent: 2,
    recognition: ({ y }) => (is<Tensor<[3]>>()(y), y.pipe(gaussian(2))),
    decoder: ({ z }) => z.pipe(dense(3)),
  }),
  perPixel: cvae({
    condition: { x: image(8, 8, 1) },
    target: categorical(4, { at: [8, 8], mask: true }),
    latent: 2,
    recognition: ({ y }) => (is<Tensor<[8, 8, 4]>>()(y), y.pipe(flatten, gaussian(2))),
    decoder: ({ x }) => x.pipe(conv2d(4)),
  }),
};
export const models: readonly Model[] = Object.values(targets);

// The type has a mask only where the target has one: of the shape of y, and of several targets by name.
const withMasks = {
  amount: zeroInflated(logNormal(1, { mask: true })),
  paths: mixture(normal(24, 2, { per: 'place', mask: true }), 20),
  wind: normal(2, { mask: false }),
  sky: categorical(3, { at: [5], mask: true }),
  level: ordinal(3, { mask: true }),
  grade: ordinal('low', 'middle', 'high', { mask: true }),
  grades: ordinal('low', 'high', { at: [5], mask: true }),
};
same<MaskOf<typeof targets.masked.target>, { readonly mask: Tensor<[8, 8, 1]> }>();
same<MaskOf<typeof targets.perPixel.target>, { readonly mask: Tensor<[8, 8, 4]> }>();
same<MaskOf<typeof targets.viewed.target>, unknown>();
same<
  MaskOf<typeof withMasks>,
  {
    readonly mask: {
      readonly amount: Tensor<[1]>;
      readonly paths: Tensor<[24, 2]>;
      readonly sky: Tensor<[5, 3]>;
      readonly level: Tensor<[3]>;
      readonly grade: Tensor<[3]>;
      readonly grades: Tensor<[5, 2]>;
    };
  }
>();
same<MaskOf<{ wind: typeof withMasks.wind }>, unknown>();

// A likelihood of the definition's own: its functions are given plain tensors, which layers and helpers take.
const half = (x: Tensor<[29]>): Tensor<[29]> => mul(x, 0.5);
const ends = <N extends number>(x: Tensor<[N]>) => concat(x.pipe(slice(0, 1)), x.pipe(slice(28, 29)));
const own = distribution('own', [29], {
  parameters: { mean: [29], rest: [3, 2] },
  mean: ({ mean, rest }) => {
    same<typeof mean, Tensor<[29]>>();
    same<typeof rest, Tensor<[3, 2]>>();
    return half(mean);
  },
  nll: ({ mean, rest }, y) => {
    same<typeof y, Tensor<[29]>>();
    is<Tensor<[2]>>()(ends(y));
    is<Tensor<[35]>>()(concat(mean, flatten(rest)));
    return add(half(sub(y, mean)), concat(y, mean).pipe(dense(200), relu, dense(29)));
  },
});
same<typeof own.shape, [29]>();
predictor({
  condition: { x: continuous(4) },
  target: own,
  network: ({ x }) => ({ mean: x.pipe(dense(29)), rest: x.pipe(dense(6), reshape(3, 2)) }),
});
const single = distribution('single', [8, 8, 1], {
  parameters: { mean: [8, 8, 1] },
  mean: ({ mean }) => mean.pipe(conv2d(1)),
  nll: ({ mean }, y) => sub(y, mean).pipe(flatten, dense(64), reshape(8, 8, 1)),
});
predictor({ condition: { x: image(8, 8, 1) }, target: single, network: ({ x }) => x.pipe(conv2d(1)) });
const generic = <const S extends Shape>(...shape: S) =>
  distribution('generic', shape, {
    parameters: { mean: shape, scale: shape },
    mean: ({ mean }) => mean,
    nll: ({ mean, scale }, y) => mul(sub(y, mean), scale),
  });
same<ReturnType<typeof generic<[3]>>['shape'], [3]>();
distribution('wrong', [29], {
  parameters: { mean: [29] },
  // @ts-expect-error a mean of another shape than y's
  mean: ({ mean }) => mean.pipe(dense(30)),
  // @ts-expect-error one number for all elements
  nll: ({ mean }, y) => sum(sub(y, mean)),
});

// What a value of each is given as.
same<ValueOf<(typeof given)['first']>, number | ArrayLike<number>>();
same<ValueOf<(typeof given)['second']>, 'cat' | 'dog' | number | ArrayLike<number>>();
same<ValueOf<(typeof given)['third']>, ArrayLike<number>>();
same<ValueOf<typeof withMasks.level>, number | ArrayLike<number>>();
same<ValueOf<typeof withMasks.sky>, ArrayLike<number>>();
same<ValueOf<typeof withMasks.grade>, number | 'low' | 'middle' | 'high' | ArrayLike<number>>();
same<ValueOf<typeof withMasks.grades>, ArrayLike<number | 'low' | 'high'>>();
const one = continuous(1);
same<ValueOf<typeof one>, number | ArrayLike<number>>();
same<ValueOf<typeof targets.masked.condition.x>, Pixels>();
same<typeof targets.viewed.latent, 2>();

// Networks: of one output, of several, called in one another.
const x = image(28, 28, 1);
const features = network('features', { x }, ({ x }) => x.pipe(conv2d(8, { stride: 2 }), relu, flatten, dense(32)));
const both = network('both', { x, v: continuous(4) }, ({ x, v }) => ({ joint: concat(features({ x }), v), x }));
network('outer', { x, v: continuous(4) }, (given) => {
  const { joint, x } = both(given);
  is<Tensor<[36]>>()(joint);
  is<Tensor<[28, 28, 1]>>()(x);
  return joint;
});
// They may end in what a head gives, which is an interface, or in one of a user's own.
interface Ends {
  readonly joined: Tensor<[5]>;
  readonly same: Tensor<[4]>;
}
const head = network('head', { v: continuous(4) }, ({ v }) => v.pipe(dense(8), relu, gaussian(3)));
const several = network('ends', { v: continuous(4) }, ({ v }): Ends => ({ joined: v.pipe(dense(5)), same: v }));
cvae({
  condition: { v: continuous(4) },
  target: bernoulli(10),
  latent: 3,
  prior: ({ v }) => {
    is<Gaussian<3>>()(head({ v }));
    is<Tensor<[5]>>()(several({ v }).joined);
    return head({ v });
  },
  decoder: ({ z }) => z.pipe(dense(10)),
});
const guess = predictor({
  condition: { x },
  target: bernoulli(10),
  network: ({ x }) => features({ x }).pipe(dense(10)),
});
same<typeof guess.condition.x, Variable<[28, 28, 1], Pixels>>();
same<typeof guess.target.shape, [10]>();
const asPredictor: Predictor = guess;
export const asModels: readonly Model[] = [asPredictor, fromConstant];

// A user's own blocks are functions of tensors, generic in what they do not care about.
const hidden = <N extends number>(x: Tensor<[N]>) => x.pipe(dense(200), relu);
const skipped = <S extends Shape>(x: Tensor<S>) => add(x, x.pipe(relu, tanh));
const down =
  <F extends number>(filters: F) =>
  <H extends number, W extends number, C extends number>(x: Tensor<[H, W, C]>) =>
    block('down', () => x.pipe(conv2d(filters), batchNorm, relu, maxPool2d()));
const up = <H extends number, W extends number, C extends number>(x: Tensor<[H, W, C]>) =>
  x.pipe(upsample2d(), conv2d(4), relu, convTranspose2d(2, { stride: 2 }));
// Windows of every kind of sides that are not known.
const any =
  <F extends number, G extends number>(filters: F, groups: G) =>
  <H extends number, W extends number, C extends number>(x: Tensor<[H, W, C]>) =>
    x.pipe(
      conv2d(filters, { kernel: [3, 1], stride: [2, 1], dilation: 2, padding: 'valid', groups }),
      maxPool2d({ size: [1, 2] }),
      convTranspose2d(4, { stride: [2, 3], groups: 2, padding: 'valid' }),
    );
const normed =
  <F extends number>(filters: F) =>
  <H extends number, W extends number, C extends number>(x: Tensor<[H, W, C]>) =>
    x.pipe(
      conv2d(filters),
      residual((x) => x.pipe(groupNorm(8), relu, conv2d(filters))),
      instanceNorm,
      resize2d(32, 32),
      pad2d(1),
      pixelShuffle(2),
    );
const cut = <H extends number, W extends number, C extends number>(x: Tensor<[H, W, C]>) =>
  x.pipe(
    crop2d([2, 1]),
    residual((x) => x.pipe(groupNorm(1), conv2d(x.shape[2]))),
  );
const grouped = <S extends Shape>(x: Tensor<S>) => x.pipe(groupNorm(4), residual(tanh));
const depthwise = <L extends number, C extends number>(x: Tensor<[L, C]>) =>
  x.pipe(conv1d(x.shape[1], { groups: x.shape[1] }), avgPool1d({ size: 4, padding: 'same' }), convTranspose1d(6));
const folded = <N extends number>(x: Tensor<[N]>) => x.pipe(dense(392), reshape(7, 7, 8));
const refolded = <N extends number>(x: Tensor<[N]>) => x.pipe(reshape(7, 7, 16));
// A shortcut around what keeps sides that are not known.
const smoothed = <L extends number>(x: Tensor<[L, 16]>): Tensor<[L, 16]> => add(x, x.pipe(conv1d(16), relu));
const refined = <H extends number, W extends number>(x: Tensor<[H, W, 4]>): Tensor<[H, W, 4]> =>
  add(x, x.pipe(conv2d(4), relu));
is<Tensor<[12, 16]>>()(constant([12, 16], 0).pipe(smoothed));
is<Tensor<[12, 9, 4]>>()(constant([12, 9, 4], 0).pipe(refined));
is<Tensor<[200]>>()(vector.pipe(hidden));
is<Tensor<[7, 7, 8]>>()(vector.pipe(folded));
is<Tensor<[7, 7, 16]>>()(vector.pipe(refolded));
is<Tensor<[28, 28, 1]>>()(picture.pipe(skipped));
is<Tensor<[7, 7, 16]>>()(picture.pipe(down(8), down(16)));
is<Tensor<[28, 20, 2]>>()(odd.pipe(up));
is<Tensor<[3, 6, 4]>>()(odd.pipe(any(6, 3)));
is<Tensor<[12, 6]>>()(series.pipe(depthwise));
is<Tensor<[68, 68, 2]>>()(odd.pipe(normed(8)));
is<Tensor<[3, 3, 3]>>()(odd.pipe(cut));
is<Tensor<[784]>>()(vector.pipe(grouped));
is<Tensor<[10]>>()(picture.pipe(down(4), skipped, flatten, hidden, dense(10)));

// Dimensions that are known only at run time flow, and are checked there.
const width: number = Number('12');
const unknown = cvae({
  condition: { kind: categorical(width), x: continuous(width), picture: image(width, width, 1) },
  target: bernoulli(width, width, 1),
  latent: width,
  recognition: ({ y, x }) => concat(y.pipe(flatten), x).pipe(dense(width), relu, gaussian(width)),
  decoder: ({ z, kind, x, picture }) => {
    is<Tensor<[number]>>()(kind);
    is<Tensor<[number]>>()(concat(z, kind));
    is<Tensor<[number, number, 9]>>()(concat(picture, conv2d(8)(picture)));
    is<Tensor<[number, number, 8]>>()(picture.pipe(conv2d(8, { kernel: width, stride: 2, padding: 'valid' })));
    is<Tensor<[12]>>()(x.pipe(shaped(12)));
    is<Tensor<[4, 4, 8]>>()(z.pipe(dense(width), reshape(4, 4, 8)));
    return concat(z, kind, x).pipe(dense(144), reshape(width, width, 1));
  },
});
is<number>()(unknown.latent);
declare const variables: Readonly<Record<string, Variable>>;
cvae({ condition: variables, target: bernoulli(784), latent: 2, decoder: ({ z }) => z.pipe(dense(784)) });

// A model in parts: options that are there or not, and a function that makes models.
const make = <W extends number>(width: W, informed: boolean) => {
  const prior = (given: { readonly digit: Tensor<[10]> }) => given.digit.pipe(dense(width), gaussian(20));
  return cvae({
    condition: { digit: categorical(10) },
    target: bernoulli(784),
    latent: 20,
    ...(informed && { prior }),
    recognition: ({ y, digit }) => concat(y, digit).pipe(dense(width), relu, gaussian(20)),
    decoder: ({ z, digit }) => concat(z, digit).pipe(dense(width), relu, dense(784)),
  });
};
same<ReturnType<typeof make>['latent'], 20>();

// Algebra and axes
declare const mapped: Tensor<[28, 28, 16]>;
declare const series40: Tensor<[40, 30]>;
declare const channels: Tensor<[16]>;
is<Tensor<[28, 28, 16]>>()(mul(mapped, channels));
is<Tensor<[28, 28, 16]>>()(add(channels, mapped));
is<Tensor<[28, 28, 16]>>()(sub(1, mapped));
is<Tensor<[40, 30]>>()(where(series40, series40, 0));
is<Tensor<[40, 30]>>()(maximum(series40, scalar));
is<Tensor<[128, 128, 16]>>()(channels.pipe(expand(128, 128)));
is<Tensor<[30]>>()(series40.pipe(at(39)));
is<Tensor<[2, 40, 30]>>()(stack(series40, series40));
is<Tensor<[30, 40]>>()(series40.pipe(permute(1, 0)));
is<Tensor<[80, 30]>>()(concatAt(0)(series40, series40));
is<Tensor<[3, 30]>>()(series40.pipe(sliceAt(0)(2, 5)));
is<Tensor<[30]>>()(series40.pipe(reduceMax(0)));
is<Tensor<[40]>>()(series40.pipe(reduceMean(1)));
is<Tensor<[40, 40]>>()(matMul(series40, series40.pipe(permute(1, 0))));

is<Tensor<[40, 64]>>()(series40.pipe(each(dense(64), relu)));
is<Tensor<[40, 2, 3]>>()(series40.pipe(each(dense(6), reshape(2, 3))));
is<Tensor<[40, 2]>>()(series40.pipe(each(gaussian(2))).logVar);

// In a user's generic block too
const film = <H extends number, W extends number, C extends number>(x: Tensor<[H, W, C]>, c: Tensor<[C]>) => mul(x, c);
is<Tensor<[28, 28, 16]>>()(film(mapped, channels));
const gate = <S extends Shape>(x: Tensor<S>, g: Tensor<S>): Tensor<S> => add(mul(x, g), mul(sub(1, g), relu(x)));
is<Tensor<[40, 30]>>()(gate(series40, series40));
const lastStep = <T extends number, N extends number>(x: Tensor<[T, N]>) => x.pipe(at(3), dense(4));
is<Tensor<[4]>>()(lastStep(series40));

// Masks have a number for each step, also in a user's generic block, and where lengths are known only at run time
const masked = <T extends number, C extends number>(x: Tensor<[T, C]>, mask: Tensor<[T]>) =>
  x.pipe(gru(8, { mask }), attention({ heads: 2, mask }), transformerEncoder({ layers: 1, heads: 2, mask }));
declare const there: Tensor<[40]>;
declare const memory: Tensor<[12, 30]>;
declare const remembered: Tensor<[12]>;
declare const anyLength: Tensor<[number]>;
is<Tensor<[40, 8]>>()(masked(series40, there));
is<Tensor<[40, 30]>>()(series40.pipe(attention({ heads: 2, of: memory, mask: remembered })));
is<Tensor<[40, 30]>>()(series40.pipe(attention({ heads: 2, of: memory, mask: anyLength })));
is<Tensor<[16]>>()(series40.pipe(bidirectional(lstm(8, { mask: there, last: true }))));
is<Tensor<[40, 8]>>()(series40.pipe(gru(8, { mask: anyLength })));
is<Tensor<[40, 30]>>()(
  series40.pipe(transformerDecoder({ layers: 1, heads: 2, of: memory, mask: there, ofMask: remembered })),
);

// Several targets: networks see each, the decoder returns each, and samples have each
const weathers = {
  rain: zeroInflated(logNormal(1)),
  temperature: normal(2),
  sky: categorical('clear', 'cloudy', 'rain'),
};
const weather = cvae({
  condition: { month: categorical(12) },
  target: weathers,
  latent: 4,
  recognition: ({ y, month }) => {
    is<Tensor<[3]>>()(y.sky);
    return concat(y.rain, y.temperature, y.sky, month).pipe(dense(8), gaussian(4));
  },
  decoder: ({ z, month }) => {
    const h = concat(z, month).pipe(dense(8), relu);
    is<Tensor<[2]>>()(h.pipe(heads(weathers)).temperature);
    return { rain: h.pipe(heads(weathers)).rain, temperature: h.pipe(dense(2)), sky: h.pipe(dense(3)) };
  },
});
same<keyof SamplesOf<typeof weather>, 'rain' | 'temperature' | 'sky' | 'seed' | 'z'>();
same<SamplesOf<typeof weather>['rain']['data'], Samples['data']>();
same<SamplesOf<typeof fromConstant>, Samples>();

// Steps: one step of each target, a state in any form, and at the end what a decoder returns for the whole
const word = categorical('a', 'b', 'stop', { at: [12], end: 'stop' });
same<(typeof word)['shape'], [12, 3]>();
const sketch = {
  offset: mixture(normal(24, 2, { sigma: 'learned', per: 'place' }), 20),
  pen: categorical(3, { at: [24], end: 2 }),
};
const sketches = cvae({
  condition: { kind: categorical(4) },
  target: sketch,
  latent: 16,
  decoder: ({ z, kind }) => {
    const start = { offset: constant([2], 0), pen: constant([3], 0) };
    const state = { h: z.pipe(dense(64)), c: constant([64], 0) };
    const drawn = steps(sketch, { start, state }, ({ previous, state: { h, c } }) => {
      is<Tensor<[2]>>()(previous.offset);
      is<Tensor<[3]>>()(previous.pen);
      is<Tensor<[64]>>()(c);
      const next = concat(previous.offset, previous.pen, h, z, kind).pipe(dense(64));
      const offset = {
        weights: next.pipe(dense(20)),
        mean: next.pipe(dense(40), reshape(20, 2)),
        logVar: next.pipe(dense(40), reshape(20, 2)),
      };
      return { out: { offset, pen: next.pipe(dense(3)) }, state: { h: next, c } };
    });
    is<Tensor<[24, 20, 2]>>()(drawn.offset.mean);
    is<Tensor<[24, 3]>>()(drawn.pen);
    return drawn;
  },
});
same<keyof SamplesOf<typeof sketches>, 'offset' | 'pen' | 'seed' | 'z'>();
cvae({
  condition: {},
  target: word,
  latent: 8,
  decoder: ({ z }) =>
    steps(word, { start: constant([3], 0), state: z }, ({ previous, state }) => ({ out: previous, state })),
});

// A user's own generator of steps, of any number of classes and units
const writer =
  <U extends number>(units: U) =>
  <T extends number, K extends number>(target: Target<[T, K], Tensor<[T, K]>>, classes: K, z: Tensor<[8]>) =>
    steps(target, { start: z.pipe(dense(classes)), state: z.pipe(dense(units)) }, ({ previous, state }) => {
      const next = concat(previous, state).pipe(dense(units), relu);
      return { out: next.pipe(dense(classes)), state: next };
    });
cvae({
  condition: {},
  target: word,
  latent: 8,
  decoder: ({ z }) => writer(32)(word, 3, z),
});
