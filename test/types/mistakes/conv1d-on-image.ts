// The rows of an image are no steps: conv2d or reshape is missing.
import { bernoulli, concat, cvae, conv1d, dense, flatten, image } from 'cvae-compile';

export default cvae({
  condition: { x: image(28, 28, 1) },
  target: bernoulli(784),
  latent: 20,
  decoder: ({ z, x }) => concat(z, x.pipe(conv1d(64), flatten)).pipe(dense(784)),
});
