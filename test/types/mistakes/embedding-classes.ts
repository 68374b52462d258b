// An embedding of ten classes is given a hundred.
import { categorical, cvae, dense, embedding, normal } from 'cvae-compile';

export default cvae({
  condition: { word: categorical(100) },
  target: normal(1),
  latent: 4,
  decoder: ({ word }) => word.pipe(embedding(10, 64), dense(1)),
});
