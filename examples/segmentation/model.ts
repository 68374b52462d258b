import {
  add,
  concat,
  conv2d,
  convTranspose2d,
  cvae,
  dense,
  flatten,
  gaussian,
  mul,
  relu,
  reshape,
  softmax,
  type Tensor,
} from 'cvae-compile';
import type { TrainOptions } from 'cvae-compile/train';
import { classes, x } from './data.ts';
import { guess } from './guess.ts';

const LATENT = 16;

/** A picture of several channels as a distribution over z. */
const encoder = <C extends number>(picture: Tensor<[28, 28, C]>) =>
  picture.pipe(
    conv2d(16, { stride: 2 }),
    relu,
    conv2d(32, { stride: 2 }),
    relu,
    flatten,
    dense(128),
    relu,
    gaussian(LATENT),
  );

/** The paper's figure 1(d): the prior takes the guess, and z determines what is to be changed in it. */
export const model = cvae({
  condition: { x },
  target: classes,
  latent: LATENT,
  baseline: guess,
  prior: ({ x }) => encoder(concat(x, softmax(mul(guess({ x }), 2)))),
  recognition: ({ x, y }) => encoder(concat(x, y)),
  decoder: ({ x, z }) => {
    const seen = concat(x, softmax(guess({ x }))).pipe(conv2d(8, { stride: 2 }), relu, conv2d(16, { stride: 2 }), relu);
    const drawn = z.pipe(dense(128), relu, dense(784), relu, reshape(7, 7, 16));
    const change = concat(seen, drawn).pipe(
      convTranspose2d(16, { stride: 2 }),
      relu,
      convTranspose2d(2, { stride: 2 }),
    );
    return add(guess({ x }), change);
  },
});

/** How long it is trained: minutes. */
export const schedule = { epochs: 10, batch: 64 } satisfies TrainOptions;
