// An image and a vector have no axis in common to be joined along.
import { bernoulli, categorical, concat, conv2d, cvae, image } from 'cvae-compile';

export default cvae({
  condition: { x: image(28, 28, 1), digit: categorical(10) },
  target: bernoulli(28, 28, 1),
  latent: 20,
  decoder: ({ x, digit }) => concat(x, digit).pipe(conv2d(1)),
});
