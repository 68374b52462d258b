import {
  add,
  bernoulli,
  concat,
  conv2d,
  convTranspose2d,
  cvae,
  dense,
  flatten,
  gaussian,
  image,
  network,
  relu,
  reshape,
  sigmoid,
} from 'cvae-compile';
import { digits, quadrants, randomShift } from 'cvae-compile/data';
import { cosine, elbo, linear, type TrainOptions } from 'cvae-compile/train';

const x = image(28, 28, 1); // a digit of which a quarter is seen

/** The best single guess, and what the prior starts from. By dense layers what is seen concerns all of the digit. */
const baseline = network('baseline', { x }, ({ x }) =>
  x.pipe(
    conv2d(16, { stride: 2 }),
    relu,
    conv2d(32, { stride: 2 }),
    relu,
    flatten,
    dense(256),
    relu,
    dense(1568),
    relu,
    reshape(7, 7, 32),
    convTranspose2d(32, { kernel: 4, stride: 2 }),
    relu,
    convTranspose2d(1, { kernel: 4, stride: 2 }),
  ),
);

/** Completes a digit, in as many ways as it could continue. */
export default cvae({
  condition: { x },
  target: bernoulli(28, 28, 1),
  latent: 32,
  baseline,

  prior: ({ x }) =>
    concat(x, sigmoid(baseline({ x }))).pipe(
      conv2d(16, { stride: 2 }),
      relu,
      conv2d(32, { stride: 2 }),
      relu,
      flatten,
      dense(256),
      relu,
      gaussian(32),
    ),

  recognition: ({ x, y }) =>
    concat(x, y).pipe(
      conv2d(16, { stride: 2 }),
      relu,
      conv2d(32, { stride: 2 }),
      relu,
      flatten,
      dense(256),
      relu,
      gaussian(32),
    ),

  decoder: ({ x, z }) =>
    add(
      baseline({ x }),
      concat(x.pipe(flatten), z).pipe(
        dense(500),
        relu,
        dense(1568),
        relu,
        reshape(7, 7, 32),
        convTranspose2d(32, { kernel: 4, stride: 2 }),
        relu,
        convTranspose2d(1, { kernel: 4, stride: 2 }),
      ),
    ),
});

/** The digits that come with the package, of which the bottom left quarter is seen. */
export const data = async () => quadrants(1)(randomShift()(await digits()));

// The KL counts for little at first: a decoder that may do without z, as one with a baseline may, learns to use it then.
export const training: TrainOptions = {
  epochs: 20,
  learningRate: cosine({ from: 1.5e-3 }),
  objective: elbo({ beta: linear({ to: 1, epochs: 5 }) }),
};
