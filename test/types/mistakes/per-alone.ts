// Elements share the component of a mixture, and there is none.
import { cvae, dense, heads, mixture, normal, poisson, reshape } from 'cvae-compile';

export default cvae({
  condition: {},
  target: normal(4, 2, { per: 'example' }),
  latent: 20,
  decoder: ({ z }) => z.pipe(dense(8), reshape(4, 2)),
});

const several = {
  path: mixture(normal(4, 2, { per: 'example' }), 3),
  size: normal(2, { per: 'element' }),
  visits: poisson(3, { per: 'place' }),
};

export const named = cvae({ condition: {}, target: several, latent: 2, decoder: ({ z }) => z.pipe(heads(several)) });
