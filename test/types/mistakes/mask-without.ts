// A recognition network is given the mask of a target that has one.
import { categorical, concat, cvae, dense, gaussian, normal } from 'cvae-compile';

export default cvae({
  condition: { month: categorical(12) },
  target: normal(3),
  latent: 4,
  recognition: ({ y, mask }) => concat(y, mask).pipe(dense(20), gaussian(4)),
  decoder: ({ z }) => z.pipe(dense(3)),
});
