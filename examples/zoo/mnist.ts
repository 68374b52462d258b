import { bernoulli, categorical, concat, cvae, dense, gaussian, relu } from 'cvae-compile';
import { digits } from 'cvae-compile/data';

/** Draws a digit of a given class, from two numbers (timbmg/VAE-CVAE-MNIST). */
export default cvae({
  condition: { digit: categorical(10) },
  target: bernoulli(784, { image: [28, 28, 1] }),
  latent: 2,
  recognition: ({ y, digit }) => concat(y, digit).pipe(dense(256), relu, gaussian(2)),
  decoder: ({ z, digit }) => concat(z, digit).pipe(dense(256), relu, dense(784)),
});

/** The digits that come with the package. */
export const data = digits;
