import { fileURLToPath } from 'node:url';
import { categorical, concat, continuous, cvae, dense, gaussian, normal, relu } from 'cvae-compile';
import { csv } from 'cvae-compile/data';

/** Draws a day's weather (temperature, humidity, wind) at a station, on a day of the year, with a given cloud cover. */
export default cvae({
  condition: { station: categorical('coast', 'valley', 'peak'), day: continuous(1), clouds: continuous(1) },
  target: normal(3, { sigma: 'learned' }),
  latent: 2,
  prior: ({ station, day, clouds }) => concat(station, day, clouds).pipe(dense(32), relu, gaussian(2)),
  recognition: ({ y, station, day, clouds }) =>
    concat(y, station, day, clouds).pipe(dense(64), relu, dense(64), relu, gaussian(2)),
  decoder: ({ z, station, day, clouds }) =>
    concat(z, station, day, clouds).pipe(dense(64), relu, dense(64), relu, gaussian(3)),
});

export const data = () =>
  csv(fileURLToPath(new URL('weather.csv', import.meta.url)), {
    condition: { station: { classes: ['coast', 'valley', 'peak'] }, day: 'continuous', clouds: 'continuous' },
    target: ['temperature', 'humidity', 'wind'],
    test: 0.1,
  });

export const training = { epochs: 30, batch: 64, learningRate: 3e-3 };
