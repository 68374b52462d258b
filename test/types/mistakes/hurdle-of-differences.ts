// Differences that are added up are no density next to which a value could have a probability of its own.
import { absoluteError, cvae, dense, head, hurdle } from 'cvae-compile';

const target = hurdle(absoluteError(3), { masses: 2 });

export default cvae({ condition: {}, target, latent: 2, decoder: ({ z }) => z.pipe(dense(8), head(target)) });
