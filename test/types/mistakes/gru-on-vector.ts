// The last state is a vector, which has no steps for another recurrent layer: only the last layer gives the last state.
import { continuous, cvae, gru, normal, reshape } from 'cvae-compile';

export default cvae({
  condition: { x: continuous(72) },
  target: normal(8),
  latent: 2,
  decoder: ({ x }) => x.pipe(reshape(24, 3), gru(16, { last: true }), gru(8, { last: true })),
});
