import { conv2d, convTranspose2d, predictor, relu } from 'cvae-compile';
import { target, x } from './quarters.ts';

/** The paper's baseline CNN. */
export default predictor({
  condition: { x },
  target,
  network: ({ x }) =>
    x.pipe(
      conv2d(16, { stride: 2 }),
      relu,
      conv2d(32, { stride: 2 }),
      relu,
      convTranspose2d(16, { stride: 2 }),
      relu,
      convTranspose2d(1, { stride: 2 }),
    ),
});

export { data } from './quarters.ts';
