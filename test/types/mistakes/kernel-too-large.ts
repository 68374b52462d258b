// Without padding, a kernel of 5 does not fit into 4 pixels.
import { avgPool2d, bernoulli, conv2d, cvae, image } from 'cvae-compile';

export default cvae({
  condition: { x: image(8, 8, 1) },
  target: bernoulli(4, 4, 1),
  latent: 2,
  decoder: ({ x }) => x.pipe(avgPool2d(), conv2d(1, { kernel: 5, padding: 'valid' })),
});
