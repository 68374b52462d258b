import article from '../../examples/article/model.ts';
import completion from '../../examples/completion/model.ts';
import digits from '../../examples/digits/model.ts';
import table from '../../examples/table/model.ts';
import {
  avgPool2d,
  batchNorm,
  categorical,
  concat,
  continuous,
  conv2d,
  convTranspose2d,
  cvae,
  dense,
  dropout,
  elu,
  flatten,
  gaussian,
  gelu,
  image,
  layerNorm,
  leakyRelu,
  maxPool2d,
  mul,
  network,
  normal,
  parameter,
  predictor,
  relu,
  reshape,
  silu,
  softplus,
  stopGradient,
  upsample2d,
  zeros,
  type Model,
} from '../../src/index.ts';

/** A block that is used more than once: a residual connection of convolutions, normalised. */
const features = network('features', { x: image(8, 8, 3) }, ({ x }) =>
  x.pipe(conv2d(4, { stride: 2 }), batchNorm, silu, maxPool2d({ size: 2, stride: 1, padding: 'same' })),
);

/** Every kind of layer between images and vectors, several conditions, a shared network and standardised numbers. */
export const pictures = cvae({
  condition: { picture: image(8, 8, 3), kind: categorical('a', 'b', 'c'), size: continuous(2) },
  target: normal(8, 8, 1),
  latent: 3,
  prior: ({ picture, kind, size }) =>
    concat(features({ x: picture }).pipe(flatten), kind, size).pipe(dense(12), layerNorm, gelu, gaussian(3)),
  recognition: ({ y, picture, kind }) =>
    concat(concat(y, picture).pipe(conv2d(4, { stride: 2 }), elu, avgPool2d(), flatten), kind).pipe(
      dense(8),
      batchNorm,
      dropout(0.1),
      relu,
      gaussian(3),
    ),
  decoder: ({ z, picture, kind }) => {
    const told = concat(z, kind).pipe(dense(16), reshape(2, 2, 4), batchNorm, leakyRelu(0.2));
    const drawn = told.pipe(convTranspose2d(4, { stride: 2 }), batchNorm, softplus);
    return concat(drawn, stopGradient(features({ x: picture }))).pipe(upsample2d(2), conv2d(1, { kernel: 5 }));
  },
});

/** A learned variance that is the same for all examples, and a prior that does not look at the condition. */
export const constantVariance = cvae({
  condition: { size: continuous(2) },
  target: normal(4, { sigma: 'learned' }),
  latent: 2,
  prior: () => ({ mean: parameter('where', [2], zeros), logVar: parameter('howFar', [2], zeros) }),
  recognition: ({ y, size }) => concat(y, size).pipe(dense(4), relu, gaussian(2)),
  decoder: ({ z, size }) => ({
    mean: concat(z, size).pipe(dense(4)),
    logVar: mul(parameter('logVar', [4], zeros), 1),
  }),
});

/** A model without a latent. */
export const guess = predictor({
  condition: { picture: image(4, 4, 1), kind: categorical(3) },
  target: categorical(5, { at: [2, 2] }),
  network: ({ picture, kind }) =>
    concat(picture.pipe(conv2d(3, { stride: 2 }), relu, flatten), kind).pipe(dense(20), reshape(2, 2, 5)),
});

/** Models that are compiled in tests, by name. */
export const MODELS: Readonly<Record<string, Model>> = {
  digits,
  article,
  completion,
  table,
  pictures,
  constantVariance,
  guess,
};
