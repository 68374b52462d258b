// A normal has no zeros to add to: 0 is among its values.
import { cvae, heads, normal, dense, zeroInflated } from 'cvae-compile';

const target = { rain: zeroInflated(normal(1)) };

export default cvae({ condition: {}, target, latent: 2, decoder: ({ z }) => z.pipe(dense(8), heads(target)) });
