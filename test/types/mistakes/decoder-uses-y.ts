// The decoder sees the condition and the latent, never the target.
import { bernoulli, categorical, concat, cvae, dense, relu } from 'cvae-compile';

export default cvae({
  condition: { digit: categorical(10) },
  target: bernoulli(784),
  latent: 20,
  decoder: ({ z, digit, y }) => concat(z, digit, y).pipe(dense(200), relu, dense(784)),
});
