// Squares that are added up are no likelihood: nothing can be drawn from them.
import { cvae, dense, head, mixture, squaredError } from 'cvae-compile';

const target = mixture(squaredError(3), 4);

export default cvae({ condition: {}, target, latent: 2, decoder: ({ z }) => z.pipe(dense(8), head(target)) });
