// An image is no vector: flatten is missing.
import { bernoulli, concat, cvae, dense, flatten, gaussian, image, relu } from 'cvae-compile';

export default cvae({
  condition: { x: image(28, 28, 1) },
  target: bernoulli(784),
  latent: 20,
  prior: ({ x }) => x.pipe(dense(200), relu, gaussian(20)),
  decoder: ({ z, x }) => concat(z, flatten(x)).pipe(dense(200), relu, dense(784)),
});
