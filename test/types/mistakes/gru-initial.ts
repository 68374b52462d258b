// The first state has a number for each unit.
import { continuous, cvae, gru, normal, reshape } from 'cvae-compile';

export default cvae({
  condition: { x: continuous(72) },
  target: normal(8),
  latent: 2,
  decoder: ({ x, z }) => x.pipe(reshape(24, 3), gru(8, { last: true, initial: z })),
});
