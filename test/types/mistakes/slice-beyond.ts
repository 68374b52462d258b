// A vector of 40 numbers has no 41st to end a slice with.
import { cvae, continuous, dense, normal, slice } from 'cvae-compile';

export default cvae({
  condition: { x: continuous(40) },
  target: normal(1),
  latent: 4,
  decoder: ({ x }) => x.pipe(slice(20, 41), dense(1)),
});
