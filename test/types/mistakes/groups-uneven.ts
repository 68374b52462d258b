// Three groups do not divide 32 channels.
import { bernoulli, conv2d, cvae, image } from 'cvae-compile';

export default cvae({
  condition: { x: image(8, 8, 1) },
  target: bernoulli(8, 8, 6),
  latent: 2,
  decoder: ({ x }) => x.pipe(conv2d(32), conv2d(6, { groups: 3 })),
});
