// Without padding, a kernel of 5 does not fit into 4 steps.
import { avgPool1d, bernoulli, continuous, conv1d, cvae } from 'cvae-compile';

export default cvae({
  condition: { x: continuous(8, 1) },
  target: bernoulli(4, 1),
  latent: 2,
  decoder: ({ x }) => x.pipe(avgPool1d(), conv1d(1, { kernel: 5, padding: 'valid' })),
});
