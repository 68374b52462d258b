import {
  add,
  concat,
  conv2d,
  convTranspose2d,
  cvae,
  dense,
  flatten,
  gaussian,
  multiScale,
  network,
  relu,
  reshape,
  softmax,
} from 'cvae-compile';
import { elbo, withNoise } from 'cvae-compile/train';
import { omission } from 'cvae-compile';
import { classes, x } from '../segmentation/data.ts';

/** Classes of pixels, also predicted at a half and a quarter of the size while training. */
const target = multiScale(classes, { half: 2, quarter: 4 });

/** What is seen at three scales. */
const guess = network('guess', { x }, ({ x }) => {
  const half = x.pipe(conv2d(16, { stride: 2 }), relu);
  const quarter = half.pipe(conv2d(32, { stride: 2 }), relu);
  const back = concat(half, quarter.pipe(convTranspose2d(16, { stride: 2 }), relu));
  return {
    logits: back.pipe(convTranspose2d(2, { stride: 2 })),
    half: back.pipe(conv2d(2)),
    quarter: quarter.pipe(conv2d(2)),
  };
});

/** Segments a digit in noise: figure 1(d) with the paper's multi-scale prediction and input omission. */
export default cvae({
  condition: { x },
  target,
  latent: 16,
  baseline: guess,
  prior: ({ x }) =>
    concat(x, softmax(guess({ x }).logits)).pipe(
      conv2d(8, { stride: 2 }),
      relu,
      flatten,
      dense(100),
      relu,
      gaussian(16),
    ),
  recognition: ({ x, y }) => concat(x, y).pipe(conv2d(8, { stride: 2 }), relu, flatten, dense(100), relu, gaussian(16)),
  decoder: ({ x, z }) => {
    const first = guess({ x });
    const quarter = z.pipe(dense(7 * 7 * 16), relu, reshape(7, 7, 16));
    const half = quarter.pipe(convTranspose2d(8, { stride: 2 }), relu);
    return {
      logits: add(first.logits, half.pipe(convTranspose2d(2, { stride: 2 }))),
      half: add(first.half, half.pipe(conv2d(2))),
      quarter: add(first.quarter, quarter.pipe(conv2d(2))),
    };
  },
});

export const training = { objective: withNoise(elbo(), { x: omission(0.4) }), joint: true };

export { data } from '../segmentation/data.ts';
