import {
  batchNorm,
  block,
  concat,
  continuous,
  conv2d,
  convTranspose2d,
  cvae,
  dense,
  flatten,
  gaussian,
  leakyRelu,
  reshape,
  squaredError,
  tanh,
  type Tensor,
} from 'cvae-compile';
import { list, pick, rows } from './rows.ts';

// The original has pictures of 64 × 64 and widths of 32, 64, 128, 256 and 512.
const SIDE = 32;
const W1 = 8;
const W2 = 16;
const W3 = 32;
const W4 = 64;
const W5 = 128;
const ATTRIBUTES = 40;

/** Halves a map. */
const down =
  <F extends number>(filters: F) =>
  <H extends number, W extends number, C extends number>(x: Tensor<[H, W, C]>) =>
    block('down', () => x.pipe(conv2d(filters, { stride: 2 }), batchNorm, leakyRelu()));

/** Doubles a map. */
const up =
  <F extends number>(filters: F) =>
  <H extends number, W extends number, C extends number>(x: Tensor<[H, W, C]>) =>
    block('up', () => x.pipe(convTranspose2d(filters, { stride: 2 }), batchNorm, leakyRelu()));

/** Draws a face of given attributes (ConditionalVAE of AntixK/PyTorch-VAE). */
export default cvae({
  condition: { attributes: continuous(ATTRIBUTES) },
  target: squaredError(SIDE, SIDE, 3),
  latent: 128,
  recognition: ({ y, attributes }) =>
    concat(y.pipe(conv2d(3, { kernel: 1 })), attributes.pipe(dense(SIDE * SIDE), reshape(SIDE, SIDE, 1))).pipe(
      down(W1),
      down(W2),
      down(W3),
      down(W4),
      down(W5),
      flatten,
      gaussian(128),
    ),
  decoder: ({ z, attributes }) =>
    concat(z, attributes).pipe(dense(W5), reshape(1, 1, W5), up(W4), up(W3), up(W2), up(W1), up(W1), conv2d(3), tanh),
});

/** Invented portraits from −1 to 1: a disc on a ground, whose colours and place are attributes. */
export const data = rows(3, (random) => {
  const attributes = list(ATTRIBUTES, () => pick(random, 2));
  const [red = 0, green = 0, blue = 0, left = 0] = attributes;
  const radius = 8 + 4 * random();
  const y = list(SIDE * SIDE * 3, (i) => {
    const [row, column] = [Math.floor(i / 3 / SIDE) - SIDE / 2, (Math.floor(i / 3) % SIDE) - 12 - 8 * left];
    return Math.hypot(row, column) < radius ? 1.6 * ([red, green, blue][i % 3] ?? 0) - 0.8 : -0.5;
  });
  return { attributes, y };
});

/** Pictures stay between −1 and 1, as tanh gives them. */
export const training = { scaling: false };
