import {
  add,
  at,
  categorical,
  concat,
  concatAt,
  constant,
  continuous,
  cvae,
  dense,
  each,
  gelu,
  positions,
  squaredError,
  stack,
  transformerDecoder,
  transformerEncoder,
} from 'cvae-compile';
import { list, pick, rows } from './rows.ts';

// The original has 25 joints, z of 256 dimensions, 4 or more layers, and 1,024 units between the dense layers of a block.
const FRAMES = 60;
const POSE = 36; // six numbers for the rotation of each joint
const LATENT = 32;
const TRANSFORMER = { layers: 2, heads: 4, feed: 64, activation: gelu, dropout: 0.1 };

/** Draws somebody's motion, given what it is and which frames exist: transformers (Mathux/ACTOR). */
export default cvae({
  condition: { action: categorical(12), exists: continuous(FRAMES) },
  target: squaredError(FRAMES, POSE, { mask: true }),
  latent: LATENT,
  // Two tokens of the action come before the frames; what becomes of them are the mean and the variance.
  recognition: ({ y, action, exists }) => {
    const tokens = stack(action.pipe(dense(LATENT)), action.pipe(dense(LATENT)));
    const seen = add(concatAt(0)(tokens, y.pipe(each(dense(LATENT)))), positions(62, LATENT)).pipe(
      transformerEncoder({ ...TRANSFORMER, mask: concat(constant([2], 1), exists) }),
    );
    return { mean: seen.pipe(at(0)), logVar: seen.pipe(at(1)) };
  },
  // Frames are only told apart by their place, and look at z, moved by the action.
  decoder: ({ z, action, exists }) =>
    positions(FRAMES, LATENT).pipe(
      transformerDecoder({ ...TRANSFORMER, of: stack(add(z, action.pipe(dense(LATENT)))), mask: exists }),
      each(dense(POSE)),
    ),
});

/** Invented motions: joints that swing as fast as the action says, for 40 to 60 frames. */
export const data = rows(9, (random) => {
  const [action, length, phase] = [pick(random, 12), 40 + pick(random, 21), random()];
  const exists = list(FRAMES, (frame) => Number(frame < length));
  const swing = (frame: number, i: number) => Math.sin((1 + action) * (frame / FRAMES) * 3 + i + 6 * phase);
  return {
    action,
    exists,
    y: list(FRAMES, (frame) => list(POSE, (i) => (frame < length ? swing(frame, i) : 0))),
    mask: list(FRAMES, (frame) => list(POSE, () => exists[frame] ?? 0)),
  };
});

/** Rotations, and 0 or 1 for a frame, stay as they are. */
export const training = { scaling: false };
