import {
  categorical,
  concat,
  cvae,
  dense,
  gaussian,
  heads,
  logNormal,
  normal,
  poisson,
  relu,
  zeroInflated,
} from 'cvae-compile';
import { pick, rows } from './rows.ts';

/** A table's columns: a number, an amount that may be 0, a count and a class. */
const columns = {
  age: normal(1, { sigma: 'learned' }),
  income: zeroInflated(logNormal(1)),
  children: poisson(1),
  work: categorical('none', 'part', 'full'),
};

/** Draws rows of a table with columns of several kinds, given one of them (TVAE of sdv-dev/CTGAN). */
export default cvae({
  condition: { region: categorical(4) },
  target: columns,
  latent: 128,
  recognition: ({ y: { age, income, children, work }, region }) =>
    concat(age, income, children, work, region).pipe(dense(128), relu, dense(128), relu, gaussian(128)),
  decoder: ({ z, region }) => concat(z, region).pipe(dense(128), relu, dense(128), relu, heads(columns)),
});

/** Invented people: who works earns, more in some regions, and has more children later. */
export const data = rows(19, (random) => {
  const [region, age, work] = [pick(random, 4), 18 + 50 * random(), pick(random, 3)];
  const income = work === 0 ? 0 : 1000 * work * (1 + 0.2 * region) * Math.exp(random() - 0.5);
  return { region, age, work, income, children: pick(random, 1 + Math.floor(age / 15)) };
});
