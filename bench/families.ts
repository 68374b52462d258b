import {
  add,
  batchNorm,
  bernoulli,
  conv1d,
  conv2d,
  convDecoder,
  convEncoder,
  convTranspose1d,
  convTranspose2d,
  cvae,
  dense,
  each,
  expand,
  flatten,
  gaussian,
  gru,
  lstm,
  mlp,
  positions,
  reduceMean,
  relu,
  reshape,
  transformerEncoder,
} from 'cvae-compile';
import type { Model, Tensor } from 'cvae-compile';

// A small VAE of each family of layers, its recognition network and its decoder of the same kind. bench/pytorch/families.py has the same.

const STEPS = 60;
const CHANNELS = 16;
const LATENT = 32;
const series = bernoulli(STEPS, CHANNELS);

/** Series of 60 steps of 16 channels by gated recurrent units. */
export const ofGru: Model = cvae({
  condition: {},
  target: series,
  latent: LATENT,
  recognition: ({ y }) => y.pipe(gru(128, { last: true }), gaussian(LATENT)),
  decoder: ({ z }) => z.pipe(expand(STEPS), gru(128), each(dense(CHANNELS))),
});

/** The same by long short-term memory. */
export const ofLstm: Model = cvae({
  condition: {},
  target: series,
  latent: LATENT,
  recognition: ({ y }) => y.pipe(lstm(128, { last: true }), gaussian(LATENT)),
  decoder: ({ z }) => z.pipe(expand(STEPS), lstm(128), each(dense(CHANNELS))),
});

const blocks = transformerEncoder({ layers: 2, heads: 4, feed: 512 });

/** The same by two blocks of attention in each network. */
export const ofAttention: Model = cvae({
  condition: {},
  target: series,
  latent: LATENT,
  recognition: ({ y }) =>
    add(y.pipe(each(dense(128))), positions(STEPS, 128)).pipe(blocks, reduceMean(0), gaussian(LATENT)),
  decoder: ({ z }) => add(z.pipe(dense(128), expand(STEPS)), positions(STEPS, 128)).pipe(blocks, each(dense(CHANNELS))),
});

/** Series of 120 steps of 8 channels by convolutions. */
export const ofConv1d: Model = cvae({
  condition: {},
  target: bernoulli(120, 8),
  latent: LATENT,
  recognition: ({ y }) =>
    y.pipe(
      conv1d(64, { kernel: 5, stride: 2 }),
      relu,
      conv1d(128, { kernel: 5, stride: 2 }),
      relu,
      conv1d(128, { kernel: 5, dilation: 2 }),
      relu,
      flatten,
      gaussian(LATENT),
    ),
  decoder: ({ z }) =>
    z.pipe(
      dense(30 * 128),
      relu,
      reshape(30, 128),
      conv1d(128, { kernel: 5, dilation: 2 }),
      relu,
      convTranspose1d(64, { kernel: 4, stride: 2 }),
      relu,
      convTranspose1d(8, { kernel: 4, stride: 2 }),
    ),
});

type Maps = Tensor<[number, number, number]>;

/** Colour pictures of 64 × 64, such as faces, by convolutions, each followed by batchNorm or not. */
const ofColour = (norm: boolean): Model => {
  const after = (x: Maps): Maps => (norm ? x.pipe(batchNorm, relu) : x.pipe(relu));
  const shrunk = (x: Maps, channels: number): Maps => after(x.pipe(conv2d(channels, { stride: 2 })));
  const grown = (x: Maps, channels: number): Maps => after(x.pipe(convTranspose2d(channels, { kernel: 4, stride: 2 })));
  return cvae({
    condition: {},
    target: bernoulli(64, 64, 3),
    latent: 128,
    recognition: ({ y }) => [32, 64, 128, 256].reduce<Maps>(shrunk, y).pipe(flatten, gaussian(128)),
    decoder: ({ z }) => {
      const start: Maps = z.pipe(dense(4 * 4 * 256), relu, reshape(4, 4, 256));
      return [128, 64, 32]
        .reduce<Maps>(grown, start)
        .pipe(convTranspose2d(3, { kernel: 4, stride: 2 }), reshape(64, 64, 3));
    },
  });
};

export const ofColours: Model = ofColour(false);
export const ofColoursNorm: Model = ofColour(true);

/** Pictures of 28 × 28 by residual blocks with groupNorm: the presets, as `init --from` a folder of pictures writes them. */
export const ofPictures: Model = cvae({
  condition: {},
  target: bernoulli(28, 28, 1),
  latent: LATENT,
  recognition: ({ y }) => y.pipe(convEncoder({ channels: [16, 32] }), gaussian(LATENT)),
  decoder: ({ z }) => z.pipe(mlp([256]), convDecoder(28, 28, 1, { channels: [32, 16] })),
});
