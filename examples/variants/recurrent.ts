import { add, concat, cvae, dense, flatten, gaussian, mul, relu, reshape, sigmoid } from 'cvae-compile';
import { guess } from './guess.ts';
import { target, x } from './quarters.ts';

/**
 * Figure 1(d) as in the authors' code: the prior sees x and ŷ = sigmoid(2·logits), the output's log-odds are the guess's and the
 * decoder's together, and all is trained at once, with the gradient through ŷ.
 */
export default cvae({
  condition: { x },
  target,
  latent: 20,
  baseline: guess,
  prior: ({ x }) => concat(x, sigmoid(mul(guess({ x }), 2))).pipe(flatten, dense(200), relu, gaussian(20)),
  recognition: ({ x, y }) => concat(x, y).pipe(flatten, dense(200), relu, gaussian(20)),
  decoder: ({ x, z }) => add(guess({ x }), z.pipe(dense(200), relu, dense(784), reshape(28, 28, 1))),
});

export const training = { joint: true };

export { data } from './quarters.ts';
