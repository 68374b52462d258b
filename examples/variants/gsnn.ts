import { concat, cvae, dense, flatten, gaussian, relu, reshape } from 'cvae-compile';
import { gsnn } from 'cvae-compile/train';
import { target, x } from './quarters.ts';

/** The Gaussian stochastic network: z comes from the prior also while training, so that there is no recognition network. */
export default cvae({
  condition: { x },
  target,
  latent: 20,
  prior: ({ x }) => x.pipe(flatten, dense(200), relu, gaussian(20)),
  decoder: ({ x, z }) => concat(x.pipe(flatten), z).pipe(dense(200), relu, dense(784), reshape(28, 28, 1)),
});

export const training = { objective: gsnn() };

export { data } from './quarters.ts';
