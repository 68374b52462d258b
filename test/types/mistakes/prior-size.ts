// The prior has another number of dimensions than the latent.
import { bernoulli, categorical, concat, cvae, dense, gaussian, relu } from 'cvae-compile';

export default cvae({
  condition: { digit: categorical(10) },
  target: bernoulli(784),
  latent: 20,
  prior: ({ digit }) => digit.pipe(dense(200), relu, gaussian(2)),
  decoder: ({ z, digit }) => concat(z, digit).pipe(dense(200), relu, dense(784)),
});
