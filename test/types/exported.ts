// Compiled to declarations by shapes.test.ts, as a user's library would be: every type that is inferred here must have a name
// that the package exports.
import {
  add,
  apply,
  at,
  attention,
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
  convTranspose2d,
  crop2d,
  cvae,
  dense,
  dropout,
  each,
  elementwise,
  expand,
  flatten,
  gaussian,
  gaussianNoise,
  globalAvgPool2d,
  group,
  heads,
  groupNorm,
  gru,
  image,
  instanceNorm,
  kl,
  layerNorm,
  leakyRelu,
  logSumExp,
  matMul,
  lstm,
  maxPool2d,
  mixture,
  mul,
  multiScale,
  network,
  noise,
  normal,
  omission,
  ones,
  pad2d,
  parameter,
  permute,
  pixelShuffle,
  positions,
  predictor,
  print,
  reduceMax,
  relu,
  repeat,
  reshape,
  residual,
  resize2d,
  shaped,
  slice,
  sliceAt,
  softmax,
  squaredError,
  stack,
  steps,
  sum,
  sumLast,
  transformerDecoder,
  transformerEncoder,
  upsample2d,
  type Op,
  type Shape,
  type Target,
  type Tensor,
} from 'cvae-compile';

// Models and networks
export const x = image(28, 28, 1);
export const features = network('features', { x }, ({ x }) => x.pipe(conv2d(8), relu, flatten, dense(16)));
export const both = network('both', { x }, ({ x }) => ({ seen: features({ x }), x }));
export const guess = predictor({
  condition: { x },
  target: categorical(4),
  network: ({ x }) => features({ x }).pipe(dense(4)),
});
export const scaled = cvae({
  condition: { x },
  target: multiScale(bernoulli(28, 28, 1), { half: 2 }),
  latent: 2,
  decoder: ({ x }) => ({ logits: x.pipe(conv2d(1)), half: x.pipe(conv2d(1, { stride: 2 })) }),
});
export default cvae({
  condition: { kind: categorical('cat', 'dog'), size: continuous(3) },
  target: normal(3, { sigma: 'learned' }),
  latent: 2,
  decoder: ({ z, kind, size }) => concat(z, kind, size).pipe(gaussian(3)),
});
export const days = { temperature: normal(2, { mask: true }), sky: categorical('clear', 'rain') };
export const mixed = mixture(normal(4, 2, { per: 'place', mask: 'kind' }), 3);
export const month = categorical(12);
export const guessed = network('guessed', { month }, ({ month }) => month.pipe(heads(days)));
export const weather = cvae({
  condition: { month: categorical(12) },
  target: days,
  latent: 2,
  baseline: guessed,
  recognition: ({ y, mask, month }) => concat(y.temperature, mask.temperature, y.sky, month).pipe(gaussian(2)),
  decoder: ({ z, month }) => concat(z, month).pipe(heads(days)),
});
export const several = <N extends number>(x: Tensor<[N]>) => x.pipe(dense(8), heads(days));

// Blocks
export const down =
  <F extends number>(filters: F) =>
  <H extends number, W extends number, C extends number>(x: Tensor<[H, W, C]>) =>
    x.pipe(conv2d(filters), batchNorm, relu, maxPool2d());
export const up = <H extends number, W extends number, C extends number>(x: Tensor<[H, W, C]>) =>
  x.pipe(
    upsample2d(),
    convTranspose2d(4, { stride: 2, padding: 'valid' }),
    avgPool2d({ padding: 'same' }),
    leakyRelu(),
  );
export const skipped = <S extends Shape>(x: Tensor<S>) => block('residual', () => add(x, x.pipe(relu, dropout(0.1))));
export const any =
  <F extends number, G extends number>(filters: F, groups: G) =>
  <H extends number, W extends number, C extends number>(x: Tensor<[H, W, C]>) =>
    x.pipe(
      conv2d(filters, { kernel: [3, 1], stride: [2, 1], dilation: 2, padding: 'valid', groups }),
      residual((x) => x.pipe(groupNorm(groups), relu, conv2d(filters))),
      maxPool2d({ size: [1, 2], stride: 3 }),
      convTranspose2d(4, { stride: [2, 3], groups: 2, padding: 'valid' }),
      pad2d([1, 0]),
      crop2d(1),
      instanceNorm,
      pixelShuffle(2),
    );
export const flat = <S extends Shape>(x: Tensor<S>) => x.pipe(layerNorm, softmax, flatten);
export const parts = <N extends number>(x: Tensor<[N, 4]>) => ({
  sums: sumLast(x),
  maxima: logSumExp(x),
  middle: slice(1, 3)(x),
  total: sum(x),
  samples: x.pipe(repeat(3), group(3)),
});

export const twiceDown = <H extends number, W extends number, C extends number>(x: Tensor<[H, W, C]>) =>
  x.pipe(
    conv2d(8, { kernel: [3, 5], stride: [2, 1], dilation: 2 }),
    groupNorm(4),
    relu,
    conv2d(8, { padding: 'valid' }),
  );
export const places = <T extends number, N extends number>(x: Tensor<[T, N]>) => ({
  each: x.pipe(each(dense(8), relu)),
  first: x.pipe(at(0)),
  turned: x.pipe(permute(1, 0)),
  some: x.pipe(sliceAt(0)(0, 2)),
  most: x.pipe(reduceMax(0)),
  twice: concatAt(0)(x, x),
  stacked: stack(x, x),
  squared: matMul(x, x.pipe(permute(1, 0))),
  everywhere: x.pipe(expand(2, 3)),
  gated: mul(x, x.pipe(at(0))),
  remembered: x.pipe(gru(8, { last: true })),
  attended: x.pipe(attention({ heads: 2, causal: true })),
});
export const encoder =
  <H extends number, D extends number>(heads: H, channels: D) =>
  <T extends number, C extends number>(x: Tensor<[T, C]>) =>
    x.pipe(
      (x) => add(x, positions(x.shape[0], x.shape[1])),
      transformerEncoder({ layers: 2, heads }),
      each(dense(channels)),
      transformerDecoder({ layers: 2, heads, of: x }),
    );

// Layers, as they are and set up
export const layers = { add, concat, globalAvgPool2d, relu, softmax };
export const made = {
  conv: conv2d(3),
  crop: crop2d([1, 0]),
  norm: groupNorm(4),
  pad: pad2d(1),
  resize: resize2d(3, 4),
  shuffle: pixelShuffle(2),
  head: gaussian(3),
  both: bidirectional(gru(3, { last: true })),
  reader: lstm(3),
  pool: maxPool2d(),
  at: at(1),
  attend: attention({ heads: 2 }),
  encode: transformerEncoder({ layers: 1, heads: 2 }),
  conv1: conv1d(3),
  expand: expand(2),
  memory: gru(4),
  reshape: reshape(3, 4),
  shaped: shaped(3),
  slice: slice(0, 2),
  up: upsample2d(),
};
export const all = {
  bernoulli,
  block,
  categorical,
  constant,
  continuous,
  conv2d,
  cvae,
  gaussian,
  gaussianNoise,
  image,
  kl,
  maxPool2d,
  mixture,
  multiScale,
  network,
  noise,
  normal,
  omission,
  parameter,
  predictor,
  print,
  reshape,
  squaredError,
};

// Ops
export const twice = elementwise(
  'twice',
  (tf, [x]) => tf.add(x, x),
  (onnx, [x]) => onnx.Add(x, x),
);
export const op: Op<object, 'beta'> = {
  name: 'scale',
  shape: ([x]) => x,
  params: ([x]) => ({ beta: { shape: x, init: ones } }),
  run: (tf, [x], _, { beta }) => tf.mul(x, beta),
  lower: (onnx, [x], _, { beta }) => onnx.Mul(x, beta),
};
export const scale = <S extends Shape>(x: Tensor<S>) => apply(op, [x], {});

/** A user's own generator of sequences. */
export const writer =
  <U extends number>(units: U) =>
  <T extends number, K extends number>(target: Target<[T, K], Tensor<[T, K]>>, classes: K, z: Tensor<[8]>) =>
    steps(target, { start: z.pipe(dense(classes)), state: z.pipe(dense(units)) }, ({ previous, state }) => {
      const next = concat(previous, state).pipe(dense(units), relu);
      return { out: next.pipe(dense(classes)), state: next };
    });
