// The next state has the shape of the first.
import { categorical, concat, cvae, dense, relu, steps } from 'cvae-compile';

const notes = { pitch: categorical(128, { at: [40] }), loud: categorical(4, { at: [40] }) };

export default cvae({
  condition: {},
  target: notes,
  latent: 8,
  decoder: ({ z }) => {
    const start = { pitch: z.pipe(dense(128)), loud: z.pipe(dense(4)) };
    const state = { h: z.pipe(dense(64)), c: z.pipe(dense(8)) };
    return steps(notes, { start, state }, ({ previous, state: { h, c } }) => ({
      out: { pitch: h.pipe(dense(128)), loud: h.pipe(dense(4)) },
      state: { h: concat(previous.pitch, previous.loud, h, c).pipe(dense(64), relu), c: h },
    }));
  },
});
