// More is cropped than there is.
import { bernoulli, crop2d, cvae, image } from 'cvae-compile';

export default cvae({
  condition: { x: image(8, 8, 1) },
  target: bernoulli(6, 6, 1),
  latent: 2,
  decoder: ({ x }) => x.pipe(crop2d([1, 4])),
});
