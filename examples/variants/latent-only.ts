import { concat, cvae, dense, flatten, gaussian, relu, reshape } from 'cvae-compile';
import { target, x } from './quarters.ts';

/** A decoder that sees z alone: all that it knows of x has gone through the latent (as in Pyro's example). */
export default cvae({
  condition: { x },
  target,
  latent: 20,
  prior: ({ x }) => x.pipe(flatten, dense(200), relu, gaussian(20)),
  recognition: ({ x, y }) => concat(x, y).pipe(flatten, dense(200), relu, gaussian(20)),
  decoder: ({ z }) => z.pipe(dense(200), relu, dense(784), reshape(28, 28, 1)),
});

export { data } from './quarters.ts';
