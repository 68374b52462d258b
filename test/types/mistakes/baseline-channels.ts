// The baseline gives three channels, the target has one.
import { add, bernoulli, conv2d, cvae, dense, image, network, relu, reshape } from 'cvae-compile';

const x = image(28, 28, 1);
const baseline = network('baseline', { x }, ({ x }) => x.pipe(conv2d(32), relu, conv2d(3)));

export default cvae({
  condition: { x },
  target: bernoulli(28, 28, 1),
  latent: 20,
  baseline,
  decoder: ({ x, z }) => add(x, z.pipe(dense(784), reshape(28, 28, 1))),
});
