import { bernoulli, categorical, concat, cvae, dense, gaussian } from 'cvae-compile';
import { digits } from 'cvae-compile/data';
import { swish } from './swish.ts';

/** Draws a digit of a given class, with an activation that the library does not have. */
export default cvae({
  condition: { digit: categorical(10) },
  target: bernoulli(784, { image: [28, 28, 1] }),
  latent: 10,
  recognition: ({ y, digit }) => concat(y, digit).pipe(dense(100), swish, gaussian(10)),
  decoder: ({ z, digit }) => concat(z, digit).pipe(dense(100), swish, dense(784)),
});

/** The digits that come with the package. */
export const data = digits;
