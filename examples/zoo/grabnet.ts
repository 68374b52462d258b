import {
  absoluteError,
  add,
  batchNorm,
  block,
  concat,
  continuous,
  cvae,
  dense,
  dropout,
  leakyRelu,
  log,
  mul,
  slice,
  softplus,
  type Tensor,
} from 'cvae-compile';
import { list, rows } from './rows.ts';

// The original has distances at 4,096 points and 512 units.
const POINTS = 64;
const UNITS = 64;

/** Six numbers for the rotation of the hand and of each of 15 joints, then where the hand is. */
const HAND = 99;

/** Two dense layers, and another one around them. */
const resBlock = <N extends number>(x: Tensor<[N]>) =>
  block('resBlock', () => {
    const body = x.pipe(dense(UNITS), batchNorm, leakyRelu(0.2), dense(UNITS), batchNorm);
    return add(x.pipe(dense(UNITS), leakyRelu(0.2)), body).pipe(leakyRelu(0.2));
  });

/** Two such blocks, of which the second sees the input too. */
const resBlocks = <N extends number>(x: Tensor<[N]>) => resBlock(concat(x.pipe(resBlock, dropout(0.1)), x));

/** Draws how a hand grasps an object (CoarseNet of otaheri/GrabNet). */
export default cvae({
  // How far the object is from each of some fixed points.
  condition: { object: continuous(POINTS) },
  target: absoluteError(HAND),
  latent: 16,
  // Sees the rotation and the place of the hand, not its joints.
  recognition: ({ y, object }) => {
    const h = concat(object.pipe(batchNorm), y.pipe(slice(0, 6)), y.pipe(slice(96, 99))).pipe(batchNorm, resBlocks);
    return { mean: h.pipe(dense(16)), logVar: mul(log(add(h.pipe(dense(16), softplus), 1e-6)), 2) };
  },
  decoder: ({ z, object }) => {
    const h = resBlocks(concat(z, object.pipe(batchNorm)));
    return concat(h.pipe(dense(96)), h.pipe(dense(3)));
  },
});

/** Invented grasps of balls: from any side, the wider open the larger the ball. */
export const data = rows(14, (random) => {
  const [radius, side] = [0.2 + 0.6 * random(), 2 * Math.PI * random()];
  const object = list(POINTS, (i) => Math.abs(Math.hypot(i / POINTS, (i % 8) / 8) - radius));
  const y = list(HAND, (i) => {
    if (i < 6) return Math.sin(side + i);
    return i < 96 ? radius * Math.cos(i) : (radius + 0.1) * Math.cos(side + i - 96);
  });
  return { object, y };
});
