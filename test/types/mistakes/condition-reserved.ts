// noise is the name of an input of the sampler.
import { bernoulli, categorical, concat, cvae, dense, relu } from 'cvae-compile';

export default cvae({
  condition: { noise: categorical(10) },
  target: bernoulli(784),
  latent: 20,
  decoder: ({ z, noise }) => concat(z, noise).pipe(dense(200), relu, dense(784)),
});
