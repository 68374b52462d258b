// A model needs a decoder.
import { bernoulli, categorical, concat, cvae, dense, gaussian, relu } from 'cvae-compile';

export default cvae({
  condition: { digit: categorical(10) },
  target: bernoulli(784),
  latent: 20,
  recognition: ({ y, digit }) => concat(y, digit).pipe(dense(200), relu, gaussian(20)),
});
