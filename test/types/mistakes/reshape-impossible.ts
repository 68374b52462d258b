// 3,136 numbers are 7 · 7 · 64, not 7 · 7 · 32.
import { bernoulli, categorical, concat, convTranspose2d, cvae, dense, relu, reshape } from 'cvae-compile';

export default cvae({
  condition: { digit: categorical(10) },
  target: bernoulli(14, 14, 1),
  latent: 20,
  decoder: ({ z, digit }) =>
    concat(z, digit).pipe(dense(3136), relu, reshape(7, 7, 32), convTranspose2d(1, { stride: 2 })),
});
