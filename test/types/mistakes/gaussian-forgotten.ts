// A recognition network gives a Gaussian, not a vector.
import { bernoulli, categorical, concat, cvae, dense, relu } from 'cvae-compile';

export default cvae({
  condition: { digit: categorical(10) },
  target: bernoulli(784),
  latent: 20,
  recognition: ({ y, digit }) => concat(y, digit).pipe(dense(200), relu, dense(20)),
  decoder: ({ z, digit }) => concat(z, digit).pipe(dense(200), relu, dense(784)),
});
