// The value in place of the step before the first must have the shape of a step.
import { categorical, concat, cvae, dense, relu, steps } from 'cvae-compile';

const word = categorical(28, { at: [12] });

export default cvae({
  condition: { topic: categorical(5) },
  target: word,
  latent: 8,
  decoder: ({ z, topic }) =>
    steps(word, { start: z.pipe(dense(27)), state: z.pipe(dense(64)) }, ({ previous, state }) => {
      const next = concat(previous, state, topic).pipe(dense(64), relu);
      return { out: next.pipe(dense(28)), state: next };
    }),
});
