// The second factor should have been transposed.
import { continuous, cvae, dense, flatten, matMul, normal } from 'cvae-compile';

export default cvae({
  condition: { steps: continuous(40, 30) },
  target: normal(1),
  latent: 4,
  decoder: ({ steps }) => matMul(steps, steps).pipe(flatten, dense(1)),
});
