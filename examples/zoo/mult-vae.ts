import { cvae, dense, div, dropout, gaussian, maximum, multinomial, sqrt, square, sumLast, tanh } from 'cvae-compile';
import { elbo, linear } from 'cvae-compile/train';
import { list, pick, rows } from './rows.ts';

const ITEMS = 20_108;

/** Recommends: draws what else someone may watch who has watched these (Mult-VAE of dawenl/vae_cf). */
export default cvae({
  condition: {},
  target: multinomial(ITEMS),
  latent: 200,
  recognition: ({ y }) =>
    div(y, sqrt(maximum(sumLast(square(y)), 1e-12))).pipe(dropout(0.5), dense(600), tanh, gaussian(200)),
  decoder: ({ z }) => z.pipe(dense(600), tanh, dense(ITEMS)),
});

/** Invented people with one of five tastes, each for every fifth film. */
export const data = rows(18, (random) => {
  const taste = pick(random, 5);
  const watched = new Set(Array.from({ length: 10 + pick(random, 20) }, () => 5 * pick(random, ITEMS / 5) + taste));
  return { y: list(ITEMS, (item) => Number(watched.has(item))) };
});

/** The weight of KL rises to 0.2, as in the original. */
export const training = { objective: elbo({ beta: linear({ to: 0.2, epochs: 100 }) }) };
