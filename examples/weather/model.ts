import { fileURLToPath } from 'node:url';
import { categorical, concat, cvae, dense, gaussian, heads, logNormal, normal, relu, zeroInflated } from 'cvae-compile';
import { csv } from 'cvae-compile/data';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;
const SKIES = ['clear', 'cloudy', 'rain'] as const;

/** A day: how much it rains, in mm, if it does; the lowest and the highest temperature; the sky. */
const day = {
  rain: zeroInflated(logNormal(1)),
  temperature: normal(2, { sigma: 'learned' }),
  sky: categorical(...SKIES),
};

/** Draws a day's weather in a month: three targets, of which each has a likelihood of its own. */
export default cvae({
  condition: { month: categorical(...MONTHS) },
  target: day,
  latent: 2,
  recognition: ({ y: { rain, temperature, sky }, month }) =>
    concat(rain, temperature, sky, month).pipe(dense(64), relu, gaussian(2)),
  decoder: ({ z, month }) => concat(z, month).pipe(dense(64), relu, dense(64), relu, heads(day)),
});

export const data = () =>
  csv(fileURLToPath(new URL('days.csv', import.meta.url)), {
    condition: { month: { classes: MONTHS } },
    target: { rain: 'continuous', temperature: { columns: ['low', 'high'] }, sky: { classes: SKIES } },
    test: 0.1,
  });

export const training = { epochs: 40, batch: 64, learningRate: 3e-3 };
