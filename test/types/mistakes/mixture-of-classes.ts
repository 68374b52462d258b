// A mixture of classes is classes: there is nothing to mix.
import { categorical, cvae, dense, head, mixture } from 'cvae-compile';

const target = mixture(categorical(3), 4);

export default cvae({ condition: {}, target, latent: 2, decoder: ({ z }) => z.pipe(dense(8), head(target)) });
