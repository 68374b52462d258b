import {
  categorical,
  concat,
  constant,
  continuous,
  cvae,
  dense,
  dropout,
  each,
  gaussian,
  gru,
  layerNorm,
  mixture,
  mul,
  network,
  normal,
  reshape,
  sigmoid,
  steps,
  tanh,
} from 'cvae-compile';

const word = categorical('a', 'b', 'c', 'stop', { at: [5], end: 'stop' });

/** Words of up to five letters: a state that is a constant at first, what is computed once, and an end. */
export const words = cvae({
  condition: { topic: categorical(3) },
  target: word,
  latent: 2,
  prior: ({ topic }) => topic.pipe(gaussian(2)),
  recognition: ({ y, topic }) => concat(y.pipe(gru(3, { last: true })), topic).pipe(gaussian(2)),
  decoder: ({ z, topic }) =>
    steps(word, { start: z.pipe(dense(4)), state: constant([6], 0.1) }, ({ previous, state }) => {
      const next = concat(previous, state, topic, z.pipe(dense(3))).pipe(dense(6), tanh);
      return { out: next.pipe(dense(4)), state: next };
    }),
});

const sketch = {
  offset: mixture(normal(4, 2, { sigma: 'learned', per: 'place' }), 3),
  pen: categorical('down', 'up', 'end', { at: [4], end: 'end' }),
};

/** Sketches of up to four strokes: two targets, of which one has the end, two states, and a network that steps call. */
export const sketches = cvae({
  condition: { speed: continuous(1) },
  target: sketch,
  latent: 2,
  recognition: ({ y }) => concat(y.offset, y.pen).pipe(gru(3, { last: true }), gaussian(2)),
  decoder: ({ z, speed }) => {
    const gate = network('gate', { x: continuous(4) }, ({ x }) => x.pipe(layerNorm, dense(4), sigmoid));
    return steps(
      sketch,
      {
        start: { offset: constant([2], 0), pen: constant([3], [1, 0, 0]) },
        state: { h: z.pipe(dense(4), tanh), c: speed.pipe(dense(4)) },
      },
      ({ previous, state: { h, c } }) => {
        const seen = concat(previous.offset, previous.pen, h, speed).pipe(dense(4), tanh);
        const next = { h: mul(gate({ x: concat(seen, c).pipe(dense(4)) }), seen), c: concat(c, seen).pipe(dense(4)) };
        const { h: now } = next;
        return {
          out: {
            offset: {
              weights: now.pipe(dense(3)),
              mean: now.pipe(dense(6), reshape(3, 2)),
              logVar: now.pipe(dense(6), reshape(3, 2)),
            },
            pen: now.pipe(dense(3)),
          },
          state: next,
        };
      },
    );
  },
});

const series = normal(3, 2, { mask: true });

/** Series of numbers, with noise within a step, some of whose numbers may be missing. */
export const noisy = cvae({
  condition: {},
  target: series,
  latent: 1,
  recognition: ({ y }) => y.pipe(gru(2, { last: true }), gaussian(1)),
  decoder: ({ z }) =>
    steps(series, { start: constant([2], 0), state: z.pipe(dense(3)) }, ({ previous, state }) => {
      const next = concat(previous, state).pipe(dense(3), tanh, dropout(0.4));
      return { out: next.pipe(dense(2)), state: next };
    }),
});

const tune = categorical(6, { at: [4] });

/** Tunes by a layer that reads sequences: of one step at a time, it is a cell. */
export const tunes = cvae({
  condition: {},
  target: tune,
  latent: 2,
  recognition: ({ y }) => y.pipe(gru(3, { last: true }), gaussian(2)),
  decoder: ({ z }) =>
    steps(tune, { start: constant([6], 0), state: z.pipe(dense(5)) }, ({ previous, state }) => {
      const next = concat(previous, z).pipe(reshape(1, 8), gru(5, { initial: state, last: true }));
      return { out: next.pipe(dense(6)), state: next };
    }),
});

const load = normal(4, 1);

/** When in the day a step is. */
export const HOURS = [0, 1, 1, 0, 0, -1, -1, 0];

/** Loads by series that are known at all steps: a condition, what a layer makes of it, and a constant. */
export const loads = cvae({
  condition: { weather: continuous(4, 2) },
  target: load,
  latent: 1,
  recognition: ({ y }) => y.pipe(gru(2, { last: true }), gaussian(1)),
  decoder: ({ z, weather }) =>
    steps(
      load,
      {
        start: constant([1], 0.5),
        state: z.pipe(dense(3), tanh),
        inputs: { weather, felt: weather.pipe(each(dense(2)), tanh), hour: constant([4, 2], HOURS) },
      },
      ({ previous, state, input }) => {
        const next = concat(previous, state, input.weather, input.felt, input.hour).pipe(dense(3), tanh);
        return { out: next.pipe(dense(1)), state: next };
      },
    ),
});
