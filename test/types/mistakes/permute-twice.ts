// An axis is named twice, and the other is forgotten.
import { continuous, cvae, dense, flatten, normal, permute } from 'cvae-compile';

export default cvae({
  condition: { steps: continuous(40, 30) },
  target: normal(1),
  latent: 4,
  decoder: ({ steps }) => steps.pipe(permute(0, 0), flatten, dense(1)),
});
