// Three channels are no squares of pixels.
import { bernoulli, conv2d, cvae, image, pixelShuffle } from 'cvae-compile';

export default cvae({
  condition: { x: image(8, 8, 1) },
  target: bernoulli(16, 16, 1),
  latent: 2,
  decoder: ({ x }) => x.pipe(conv2d(3), pixelShuffle(2)),
});
