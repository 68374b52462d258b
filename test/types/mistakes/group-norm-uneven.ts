// Sixteen groups do not divide 24 channels.
import { bernoulli, conv2d, cvae, groupNorm, image } from 'cvae-compile';

export default cvae({
  condition: { x: image(8, 8, 1) },
  target: bernoulli(8, 8, 24),
  latent: 2,
  decoder: ({ x }) => x.pipe(conv2d(24), groupNorm(16)),
});
