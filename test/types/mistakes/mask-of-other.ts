// Of several targets only those with a mask have one.
import { categorical, concat, cvae, dense, gaussian, heads, normal } from 'cvae-compile';

const target = { temperature: normal(2, { mask: true }), sky: categorical('clear', 'cloudy', 'rain') };
export default cvae({
  condition: { month: categorical(12) },
  target,
  latent: 4,
  recognition: ({ y, mask }) => concat(y.temperature, mask.temperature, mask.sky).pipe(dense(20), gaussian(4)),
  decoder: ({ z }) => z.pipe(heads(target)),
});
