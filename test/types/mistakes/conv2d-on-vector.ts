// A vector is no image: reshape is missing.
import { bernoulli, concat, conv2d, cvae, dense, flatten, image, relu } from 'cvae-compile';

export default cvae({
  condition: { x: image(28, 28, 1) },
  target: bernoulli(784),
  latent: 20,
  decoder: ({ z, x }) => concat(z, flatten(x)).pipe(dense(784), relu, conv2d(1), flatten),
});
