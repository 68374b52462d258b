// A normal target whose deviation is learned takes mean and log-variance.
import { categorical, concat, cvae, dense, normal, relu } from 'cvae-compile';

export default cvae({
  condition: { kind: categorical('cat', 'dog') },
  target: normal(3, { sigma: 'learned' }),
  latent: 2,
  decoder: ({ z, kind }) => concat(z, kind).pipe(dense(20), relu, dense(3)),
});
