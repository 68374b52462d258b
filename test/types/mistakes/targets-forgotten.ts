// The decoder gives an output for each target.
import { categorical, concat, cvae, dense, gaussian, normal, relu } from 'cvae-compile';

export default cvae({
  condition: { month: categorical(12) },
  target: { temperature: normal(2), sky: categorical('clear', 'cloudy', 'rain') },
  latent: 4,
  recognition: ({ y, month }) => concat(y.temperature, y.sky, month).pipe(dense(20), relu, gaussian(4)),
  decoder: ({ z, month }) => ({ temperature: concat(z, month).pipe(dense(20), relu, dense(2)) }),
});
