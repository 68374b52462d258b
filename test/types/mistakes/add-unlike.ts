// A residual connection around a layer that halves the image.
import { add, bernoulli, conv2d, cvae, image } from 'cvae-compile';

export default cvae({
  condition: { x: image(28, 28, 1) },
  target: bernoulli(28, 28, 1),
  latent: 20,
  decoder: ({ x }) => add(x, x.pipe(conv2d(1, { stride: 2 }))),
});
