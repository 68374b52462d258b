// The condition is called digit.
import { bernoulli, categorical, concat, cvae, dense, relu } from 'cvae-compile';

export default cvae({
  condition: { digit: categorical(10) },
  target: bernoulli(784),
  latent: 20,
  decoder: ({ z, digits }) => concat(z, digits).pipe(dense(200), relu, dense(784)),
});
