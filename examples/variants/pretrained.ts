import { concat, cvae, dense, flatten, gaussian, relu, reshape, sigmoid } from 'cvae-compile';
import { guess } from './guess.ts';
import { target, x } from './quarters.ts';

/** Figure 1(d) as in Pyro's example: the guess is trained first, by itself, and then left as it is; only the prior sees it. */
export default cvae({
  condition: { x },
  target,
  latent: 20,
  baseline: guess,
  prior: ({ x }) => concat(x, sigmoid(guess({ x }))).pipe(flatten, dense(200), relu, gaussian(20)),
  recognition: ({ x, y }) => concat(x, y).pipe(flatten, dense(200), relu, gaussian(20)),
  decoder: ({ z }) => z.pipe(dense(200), relu, dense(784), reshape(28, 28, 1)),
});

export { data } from './quarters.ts';
