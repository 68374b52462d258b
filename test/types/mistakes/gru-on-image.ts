// The rows of an image are no steps: reshape is missing.
import { bernoulli, concat, cvae, dense, flatten, gru, image } from 'cvae-compile';

export default cvae({
  condition: { x: image(28, 28, 1) },
  target: bernoulli(784),
  latent: 20,
  decoder: ({ z, x }) => concat(z, x.pipe(gru(64), flatten)).pipe(dense(784)),
});
