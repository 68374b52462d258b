// Series that are inputs of steps have as many steps as the target, 24 here; without inputs there is no input.
import { constant, cvae, dense, flatten, gaussian, normal, steps } from 'cvae-compile';

const load = normal(24, 1);

export default cvae({
  condition: {},
  target: load,
  latent: 2,
  recognition: ({ y }) => y.pipe(flatten, gaussian(2)),
  decoder: ({ z }) =>
    steps(
      load,
      { start: constant([1], 0), state: z, inputs: { weather: constant([12, 3], 0) } },
      ({ state, input }) => ({ out: input.weather.pipe(dense(1)), state }),
    ),
});

export const without = cvae({
  condition: {},
  target: load,
  latent: 2,
  recognition: ({ y }) => y.pipe(flatten, gaussian(2)),
  decoder: ({ z }) =>
    steps(load, { start: constant([1], 0), state: z }, ({ state, input }) => ({ out: input.pipe(dense(1)), state })),
});
