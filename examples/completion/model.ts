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
import { digits, quadrants } from 'cvae-compile/data';

const x = image(28, 28, 1); // a digit of which a quarter is seen

/** The best single guess, and what the prior starts from. */
const baseline = network('baseline', { x }, ({ x }) =>
  x.pipe(
    conv2d(32, { stride: 2 }),
    relu,
    conv2d(64, { stride: 2 }),
    relu,
    convTranspose2d(32, { stride: 2 }),
    relu,
    convTranspose2d(1, { stride: 2 }),
  ),
);

/** Completes a digit, in as many ways as it could go on. */
export default cvae({
  condition: { x },
  target: bernoulli(28, 28, 1),
  latent: 64,
  baseline,

  prior: ({ x }) =>
    concat(x, sigmoid(baseline({ x }))).pipe(conv2d(32, { stride: 2 }), relu, flatten, dense(500), relu, gaussian(64)),

  recognition: ({ x, y }) =>
    concat(x, y).pipe(conv2d(32, { stride: 2 }), relu, flatten, dense(500), relu, gaussian(64)),

  decoder: ({ x, z }) =>
    add(
      baseline({ x }),
      z.pipe(
        dense(500),
        relu,
        dense(3136),
        relu,
        reshape(7, 7, 64),
        convTranspose2d(32, { stride: 2 }),
        relu,
        convTranspose2d(1, { stride: 2 }),
      ),
    ),
});

/** The digits that come with the package, of which the bottom left quarter is seen. */
export const data = async () => quadrants(1)(await digits());

export const training = { epochs: 10 };
