// A class for each pixel needs a logit for each class of each pixel.
import { add, categorical, conv2d, cvae, dense, image, reshape } from 'cvae-compile';

export default cvae({
  condition: { x: image(28, 28, 1) },
  target: categorical(4, { at: [28, 28] }),
  latent: 8,
  decoder: ({ x, z }) => add(x.pipe(conv2d(1)), z.pipe(dense(784), reshape(28, 28, 1))),
});
