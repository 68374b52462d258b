import { bernoulli, cvae, dense, flatten, gaussian, relu, reshape } from 'cvae-compile';
import { digits } from 'cvae-compile/data';

/** A VAE: no condition, and a prior of N(0, I). */
export default cvae({
  condition: {},
  target: bernoulli(28, 28, 1),
  latent: 20,
  recognition: ({ y }) => y.pipe(flatten, dense(200), relu, gaussian(20)),
  decoder: ({ z }) => z.pipe(dense(200), relu, dense(784), reshape(28, 28, 1)),
});

export const data = digits;
