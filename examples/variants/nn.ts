import { dense, flatten, predictor, relu, reshape } from 'cvae-compile';
import { target, x } from './quarters.ts';

/** The paper's baseline NN: one guess, and no latent. */
export default predictor({
  condition: { x },
  target,
  network: ({ x }) => x.pipe(flatten, dense(200), relu, dense(784), reshape(28, 28, 1)),
});

export { data } from './quarters.ts';
