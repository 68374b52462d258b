// Attention is over the steps of a sequence; a vector has none.
import { attention, continuous, cvae, dense, normal } from 'cvae-compile';

export default cvae({
  condition: { x: continuous(36) },
  target: normal(8),
  latent: 2,
  decoder: ({ x }) => x.pipe(attention({ heads: 4 }), dense(8)),
});
