// The latent is a number of dimensions.
import { bernoulli, categorical, concat, cvae, dense, relu } from 'cvae-compile';

export default cvae({
  condition: { digit: categorical(10) },
  target: bernoulli(784),
  latent: '20',
  decoder: ({ z, digit }) => concat(z, digit).pipe(dense(200), relu, dense(784)),
});
