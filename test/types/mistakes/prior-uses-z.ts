// The prior is the distribution of z, and cannot see it.
import { bernoulli, categorical, concat, cvae, dense, gaussian, relu } from 'cvae-compile';

export default cvae({
  condition: { digit: categorical(10) },
  target: bernoulli(784),
  latent: 20,
  prior: (given) => concat(given.digit, given.z).pipe(dense(200), relu, gaussian(20)),
  decoder: ({ z, digit }) => concat(z, digit).pipe(dense(200), relu, dense(784)),
});
