// A step sees one step before it, of each target by its name.
import { categorical, cvae, dense, steps } from 'cvae-compile';

const notes = { pitch: categorical(128, { at: [40] }), loud: categorical(4, { at: [40] }) };

export default cvae({
  condition: {},
  target: notes,
  latent: 8,
  decoder: ({ z }) => {
    const start = { pitch: z.pipe(dense(128)), loud: z.pipe(dense(4)) };
    return steps(notes, { start, state: z.pipe(dense(64)) }, ({ previous, state }) => ({
      out: { pitch: state.pipe(dense(128)), loud: state.pipe(dense(4)) },
      state: previous.note.pipe(dense(64)),
    }));
  },
});
