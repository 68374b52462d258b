// The decoder has an output for a target that does not exist.
import { categorical, concat, cvae, dense, normal } from 'cvae-compile';

export default cvae({
  condition: { month: categorical(12) },
  target: { temperature: normal(2), sky: categorical('clear', 'cloudy', 'rain') },
  latent: 4,
  decoder: ({ z, month }) => ({
    temperature: concat(z, month).pipe(dense(2)),
    sky: concat(z, month).pipe(dense(3)),
    wind: concat(z, month).pipe(dense(1)),
  }),
});
