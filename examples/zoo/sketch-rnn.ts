import {
  bidirectional,
  categorical,
  concat,
  constant,
  cvae,
  dense,
  gaussian,
  heads,
  lstm,
  mixture,
  normal,
  reshape,
  steps,
  tanh,
} from 'cvae-compile';
import { list, pick, rows } from './rows.ts';

// The original has 250 steps, an encoder of 256 and a decoder of 512 units, z of 128 dimensions and 20 components.
const STEPS = 24;
const UNITS = 48;
const LATENT = 8;
const COMPONENTS = 5;

/** A sketch: how far the pen moves in each step, and what it does then. */
const sketch = {
  offset: mixture(normal(STEPS, 2, { sigma: 'learned', per: 'place' }), COMPONENTS),
  pen: categorical('down', 'up', 'end', { at: [STEPS], end: 'end' }),
};
/** The same in one step. */
const stroke = {
  offset: mixture(normal(2, { sigma: 'learned', per: 'place' }), COMPONENTS),
  pen: categorical(3),
};

/** Draws a sketch of a kind, stroke by stroke (magenta, sketch-rnn). */
export default cvae({
  condition: { kind: categorical('circle', 'square', 'zigzag') },
  target: sketch,
  latent: LATENT,
  recognition: ({ y }) => concat(y.offset, y.pen).pipe(bidirectional(lstm(UNITS, { last: true })), gaussian(LATENT)),
  decoder: ({ z, kind }) => {
    const given = concat(z, kind);
    const start = { offset: constant([2], 0), pen: constant([3], [1, 0, 0]) };
    const [h, c] = [given.pipe(dense(UNITS), tanh), given.pipe(dense(UNITS), tanh)];
    return steps(sketch, { start, state: { h, c } }, ({ previous, state }) => {
      const seen = concat(previous.offset, previous.pen, given);
      const next = seen.pipe(reshape(1, 5 + LATENT + 3), lstm(UNITS, { initial: state, last: 'state' }));
      return { out: next.h.pipe(heads(stroke)), state: next };
    });
  },
});

/** Invented sketches of some size and number of strokes, by a hand that trembles. */
export const data = rows(9, (random) => {
  const kind = pick(random, 3);
  const size = 2 + 3 * random();
  const count = 8 + 4 * pick(random, 4);
  const turn = random() < 0.5 ? -1 : 1;
  const angle = (i: number): number => {
    if (kind === 0) return (2 * Math.PI * i) / count;
    return kind === 1 ? (Math.PI / 2) * Math.floor((4 * i) / count) : (i % 2) * 1.6;
  };
  const offset = list(STEPS, (i) => {
    const along = turn * angle(i) + 0.1 * (random() - 0.5);
    return i < count ? [(size * Math.cos(along) * 8) / count, (size * Math.sin(along) * 8) / count] : [0, 0];
  });
  return {
    kind: ['circle', 'square', 'zigzag'][kind] ?? '',
    offset: offset.flat(),
    pen: list(STEPS, (i) => (i < count ? 'down' : 'end')),
  };
});
