// 7 → 14 → 28 → 56: one transposed convolution too many.
import { bernoulli, convTranspose2d, cvae, dense, relu, reshape } from 'cvae-compile';

export default cvae({
  condition: {},
  target: bernoulli(28, 28, 1),
  latent: 20,
  decoder: ({ z }) =>
    z.pipe(
      dense(3136),
      reshape(7, 7, 64),
      convTranspose2d(32, { stride: 2 }),
      relu,
      convTranspose2d(16, { stride: 2 }),
      relu,
      convTranspose2d(1, { stride: 2 }),
    ),
});
