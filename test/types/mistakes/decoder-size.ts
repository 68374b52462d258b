// The decoder gives 748 numbers, the target has 784.
import { bernoulli, categorical, concat, cvae, dense, relu } from 'cvae-compile';

export default cvae({
  condition: { digit: categorical(10) },
  target: bernoulli(784, { image: [28, 28, 1] }),
  latent: 20,
  decoder: ({ z, digit }) => concat(z, digit).pipe(dense(200), relu, dense(748)),
});
