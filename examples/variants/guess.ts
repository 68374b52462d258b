import { dense, flatten, network, relu, reshape } from 'cvae-compile';
import { x } from './quarters.ts';

/** ŷ(x): a guess as log-odds of each pixel. */
export const guess = network('guess', { x }, ({ x }) =>
  x.pipe(flatten, dense(200), relu, dense(784), reshape(28, 28, 1)),
);
