// A sum of differences is not a density, so no value can have a probability next to it.
import { absoluteError, cvae, dense, head, hurdle } from 'cvae-compile';

const target = hurdle(absoluteError(3), { masses: 2 });

export default cvae({ condition: {}, target, latent: 2, decoder: ({ z }) => z.pipe(dense(8), head(target)) });
