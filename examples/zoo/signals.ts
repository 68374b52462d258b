import {
  categorical,
  concat,
  conv1d,
  convTranspose1d,
  cvae,
  dense,
  expand,
  flatten,
  gaussian,
  groupNorm,
  normal,
  relu,
  reshape,
  residual,
  silu,
  type Tensor,
} from 'cvae-compile';
import { list, pick, rows } from './rows.ts';

const STEPS = 128;
const WIDTH = 16; // twice or more for signals that are measured

/** Looks at steps ever farther apart, and adds what it finds: the block of a temporal convolutional network. */
const dilated =
  (dilation: number) =>
  <L extends number, C extends number>(x: Tensor<[L, C]>) =>
    x.pipe(residual((x) => x.pipe(groupNorm(4), silu, conv1d(WIDTH, { dilation }), silu, conv1d(WIDTH))));

/** Draws a signal of a given kind: dilated convolutions (the blocks of locuslab/TCN, in a CVAE). */
export default cvae({
  condition: { kind: categorical('sine', 'square', 'saw') },
  target: normal(STEPS, 1, { sigma: 'learned' }),
  latent: 8,
  recognition: ({ y, kind }) =>
    concat(y, kind.pipe(expand(STEPS))).pipe(
      conv1d(WIDTH),
      dilated(1),
      dilated(2),
      conv1d(WIDTH, { stride: 4, kernel: 5 }),
      dilated(1),
      dilated(2),
      dilated(4),
      flatten,
      dense(64),
      relu,
      gaussian(8),
    ),
  decoder: ({ z, kind }) => {
    const h = concat(z, kind).pipe(
      dense(512),
      reshape(32, WIDTH),
      dilated(1),
      dilated(2),
      dilated(4),
      convTranspose1d(WIDTH, { stride: 4, kernel: 5 }),
      dilated(1),
      dilated(2),
    );
    return { mean: h.pipe(conv1d(1)), logVar: h.pipe(conv1d(1)) };
  },
});

/** Invented signals: a wave of a kind, with a frequency, a phase and noise. */
export const data = rows(29, (random) => {
  const kind = pick(random, 3);
  const [frequency, phase] = [1 + 4 * random(), random()];
  const y = list(STEPS, (t) => {
    const turns = (frequency * t) / STEPS + phase;
    const sine = Math.sin(2 * Math.PI * turns);
    const wave = [sine, Math.sign(sine), 2 * (turns - Math.floor(turns)) - 1][kind] ?? 0;
    return wave + 0.1 * (random() - 0.5);
  });
  return { kind, y };
});
