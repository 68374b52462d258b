import {
  bernoulli,
  categorical,
  concat,
  conv2d,
  convTranspose2d,
  cvae,
  dense,
  flatten,
  gaussian,
  relu,
  reshape,
} from 'cvae-compile';
import { digits } from 'cvae-compile/data';

/** Draws a digit of a given class: convolutions, with the class as a further channel of the picture (cvae-cnn-mnist). */
export default cvae({
  condition: { digit: categorical(10) },
  target: bernoulli(28, 28, 1),
  latent: 2,
  recognition: ({ y, digit }) =>
    concat(y, digit.pipe(dense(784), reshape(28, 28, 1))).pipe(
      conv2d(32, { stride: 2 }),
      relu,
      conv2d(64, { stride: 2 }),
      relu,
      flatten,
      dense(16),
      relu,
      gaussian(2),
    ),
  decoder: ({ z, digit }) =>
    concat(z, digit).pipe(
      dense(3136),
      relu,
      reshape(7, 7, 64),
      convTranspose2d(64, { stride: 2 }),
      relu,
      convTranspose2d(32, { stride: 2 }),
      relu,
      convTranspose2d(1),
    ),
});

/** The digits that come with the package. */
export const data = digits;
