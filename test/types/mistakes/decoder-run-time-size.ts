// A width that is only known as number is not 784: shaped(784) would check it.
import { bernoulli, categorical, concat, cvae, dense, relu } from 'cvae-compile';

const width: number = Number('784');

export default cvae({
  condition: { digit: categorical(10) },
  target: bernoulli(784),
  latent: 20,
  decoder: ({ z, digit }) => concat(z, digit).pipe(dense(200), relu, dense(width)),
});
