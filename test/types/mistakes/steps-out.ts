// A step gives the parameters of one step.
import { categorical, concat, cvae, dense, relu, steps } from 'cvae-compile';

const word = categorical(28, { at: [12] });

export default cvae({
  condition: { topic: categorical(5) },
  target: word,
  latent: 8,
  decoder: ({ z, topic }) =>
    steps(word, { start: z.pipe(dense(28)), state: z.pipe(dense(64)) }, ({ previous, state }) => ({
      out: concat(previous, state, topic).pipe(dense(64), relu, dense(27)),
      state,
    })),
});
