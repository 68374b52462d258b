// The heads of a likelihood are dense layers: they take a vector, and no sequence.
import { cvae, dense, expand, gru, head, normal } from 'cvae-compile';

const target = normal(24, 2);

export default cvae({
  condition: {},
  target,
  latent: 2,
  decoder: ({ z }) => z.pipe(dense(8), expand(24), gru(16), head(target)),
});
