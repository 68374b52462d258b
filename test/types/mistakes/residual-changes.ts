// A residual's body has 16 filters for 8 channels.
import { bernoulli, conv2d, cvae, image, relu, residual } from 'cvae-compile';

export default cvae({
  condition: { x: image(8, 8, 1) },
  target: bernoulli(8, 8, 8),
  latent: 2,
  decoder: ({ x }) =>
    x.pipe(
      conv2d(8),
      residual((x) => x.pipe(conv2d(16), relu)),
    ),
});
