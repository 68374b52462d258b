// A network of two outputs gives a record, not a tensor.
import { bernoulli, cvae, dense, flatten, image, network } from 'cvae-compile';

const x = image(28, 28, 1);
const both = network('both', { x }, ({ x }) => ({ a: x.pipe(flatten, dense(16)), b: flatten(x) }));

export default cvae({
  condition: { x },
  target: bernoulli(784),
  latent: 2,
  decoder: ({ x }) => both({ x }),
});
