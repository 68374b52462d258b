import { concat, conv2d, convTranspose2d, dense, flatten, network, relu, reshape } from 'cvae-compile';
import { x } from './data.ts';

/** ŷ(x): a CNN that sees the photograph whole, and gives the log-odds of each pixel's classes. */
export const guess = network('guess', { x }, ({ x }) => {
  const half = x.pipe(conv2d(16, { stride: 2 }), relu);
  const quarter = half.pipe(conv2d(32, { stride: 2 }), relu);
  const whole = quarter.pipe(flatten, dense(128), relu, dense(784), relu, reshape(7, 7, 16));
  const back = concat(quarter, whole).pipe(convTranspose2d(16, { stride: 2 }), relu);
  return concat(half, back).pipe(convTranspose2d(2, { stride: 2 }));
});
