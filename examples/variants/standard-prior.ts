import { concat, cvae, dense, flatten, gaussian, relu, reshape } from 'cvae-compile';
import { target, x } from './quarters.ts';

/** A CVAE whose prior is N(0, I), whatever x is (the paper's footnote 1). */
export default cvae({
  condition: { x },
  target,
  latent: 20,
  recognition: ({ x, y }) => concat(x, y).pipe(flatten, dense(200), relu, gaussian(20)),
  decoder: ({ x, z }) => concat(x.pipe(flatten), z).pipe(dense(200), relu, dense(784), reshape(28, 28, 1)),
});

export { data } from './quarters.ts';
