import {
  absoluteError,
  add,
  at,
  batchNorm,
  block,
  concat,
  concatAt,
  constant,
  continuous,
  conv2d,
  cvae,
  dense,
  each,
  gaussian,
  glorot,
  image,
  maxPool2d,
  parameter,
  positions,
  reduceMax,
  relu,
  reshape,
  residual,
  stack,
  transformerDecoder,
  transformerEncoder,
  type Tensor,
} from 'cvae-compile';
import { elbo } from 'cvae-compile/train';
import { list, rows } from './rows.ts';

// The original has cameras of 480 × 640 pixels, 512 channels, 8 heads, 3,200 units between the dense layers of a block, and 4
// layers that encode and 7 that decode.
const SIDE = 32;
const CHANNELS = 32;
const ENCODER = { layers: 2, heads: 4, feed: 64, dropout: 0.1 };
const DECODER = { ...ENCODER, layers: 3 };
const ACTIONS = 100;
const JOINTS = 14;

/** Halves a map, as a stage of a ResNet does. */
const stage = <H extends number, W extends number, C extends number>(x: Tensor<[H, W, C]>) =>
  block('stage', () =>
    x.pipe(
      conv2d(CHANNELS, { stride: 2 }),
      batchNorm,
      relu,
      residual((x) => x.pipe(conv2d(CHANNELS), batchNorm, relu, conv2d(CHANNELS), batchNorm)),
      relu,
    ),
  );

/** Draws a robot's next hundred actions, given what it sees and how its arms are (DETRVAE of tonyzhaozh/act). */
export default cvae({
  condition: { camera: image(SIDE, SIDE, 3), joints: continuous(JOINTS) },
  target: absoluteError(ACTIONS, JOINTS, { mask: true }),
  latent: 32,
  // A token, the joints and the actions; actions after the end of what was recorded are not seen.
  recognition: ({ y, joints, mask }) => {
    const first = concatAt(0)(
      parameter('token', [1, CHANNELS], glorot(1, CHANNELS)),
      stack(joints.pipe(dense(CHANNELS))),
    );
    return add(concatAt(0)(first, y.pipe(each(dense(CHANNELS)))), positions(102, CHANNELS)).pipe(
      transformerEncoder({ ...ENCODER, mask: concat(constant([2], 1), mask.pipe(reduceMax(1))) }),
      at(0),
      gaussian(32),
    );
  },
  decoder: ({ z, camera, joints }) => {
    const map = camera.pipe(conv2d(CHANNELS, { kernel: 7, stride: 2 }), batchNorm, relu, maxPool2d(), stage);
    const places = add(map.pipe(reshape(16, CHANNELS)), positions(16, CHANNELS));
    const given = add(
      stack(z.pipe(dense(CHANNELS)), joints.pipe(dense(CHANNELS))),
      positions(2, CHANNELS, { learned: true }),
    );
    const of = concatAt(0)(given, places).pipe(transformerEncoder(ENCODER));
    const queries = parameter('queries', [ACTIONS, CHANNELS], glorot(ACTIONS, CHANNELS));
    return queries.pipe(transformerDecoder({ ...DECODER, of }), each(dense(JOINTS)));
  },
});

/** Invented demonstrations: the arms go where a camera sees a light, on one of two ways, and some end early. */
export const data = rows(12, (random) => {
  const [top, left, way, length] = [random(), random(), random() < 0.5 ? 1 : -1, 60 + Math.floor(41 * random())];
  const joints = list(JOINTS, () => 0.2 * random());
  const light = (i: number) => Math.hypot(Math.floor(i / 3 / SIDE) - 32 * top, (Math.floor(i / 3) % SIDE) - 32 * left);
  const action = (t: number, joint: number) =>
    ((joint % 2 ? top : left) * t) / ACTIONS + way * Math.sin((Math.PI * t) / ACTIONS) + (joints[joint] ?? 0);
  return {
    camera: list(SIDE * SIDE * 3, (i) => 1 / (1 + light(i))),
    joints,
    y: list(ACTIONS, (t) => list(JOINTS, (joint) => (t < length ? action(t, joint) : 0))),
    mask: list(ACTIONS, (t) => list(JOINTS, () => Number(t < length))),
  };
});

/** KL counts tenfold, as in the original. */
export const training = { objective: elbo({ beta: 10 }) };
