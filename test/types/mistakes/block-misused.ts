// A block of the user's own is checked where it is used, as a layer is.
import { add, bernoulli, cvae, dense, image, relu, type Tensor } from 'cvae-compile';

const residual = <N extends number>(x: Tensor<[N]>) => add(x, x.pipe(relu));
const block = <N extends number>(x: Tensor<[N]>) => x.pipe(residual, dense(32), relu);

export default cvae({
  condition: { x: image(28, 28, 1) },
  target: bernoulli(32),
  latent: 2,
  decoder: ({ x }) => x.pipe(block),
});
