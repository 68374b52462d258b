// Eight heads do not divide 36 channels.
import { continuous, cvae, flatten, normal, reshape, transformerEncoder } from 'cvae-compile';

export default cvae({
  condition: { x: continuous(360) },
  target: normal(360),
  latent: 2,
  decoder: ({ x }) => x.pipe(reshape(10, 36), transformerEncoder({ layers: 2, heads: 8 }), flatten),
});
