// The steps of a sequence are counted from 0, so there is no step 40.
import { at, cvae, continuous, dense, normal } from 'cvae-compile';

export default cvae({
  condition: { steps: continuous(40, 30) },
  target: normal(1),
  latent: 4,
  decoder: ({ steps }) => steps.pipe(at(40), dense(1)),
});
