import {
  add,
  at,
  batchNorm,
  categorical,
  concat,
  continuous,
  cvae,
  dense,
  dropout,
  gaussian,
  logSumExp,
  negativeBinomial,
  parameter,
  relu,
  sub,
  zeros,
} from 'cvae-compile';
import { list, pick, rows } from './rows.ts';

// The original has as many genes as are measured, some thousands.
const GENES = 200;

/** Draws a cell's counts of RNA, given the experiment and how much was read of the cell (VAE of scverse/scvi-tools). */
export default cvae({
  // `library` is the logarithm of a cell's total count.
  condition: { experiment: categorical(3), library: continuous(1) },
  target: negativeBinomial(GENES, { zeroInflated: true }),
  latent: 10,
  recognition: ({ y, experiment }) =>
    concat(y, experiment).pipe(dense(128), batchNorm, relu, dropout(0.1), gaussian(10)),
  decoder: ({ z, experiment, library }) => {
    const h = concat(z, experiment).pipe(dense(128), batchNorm, relu);
    const seen = concat(h, experiment);
    const share = seen.pipe(dense(GENES));
    return {
      // The logarithm of a gene's share, times the cell's total.
      logMean: add(sub(share, logSumExp(share)), library.pipe(at(0))),
      logDispersion: parameter('dispersion', [GENES], zeros),
      zeroLogits: seen.pipe(dense(GENES)),
    };
  },
});

/** Invented cells of two kinds, in three experiments of which each reads some genes better. */
export const data = rows(15, (random) => {
  const [kind, experiment] = [pick(random, 2), pick(random, 3)];
  const depth = 1 + 3 * random();
  const y = list(GENES, (gene) => {
    const rate = depth * (gene % 2 === kind ? 2 : 0.3) * (gene % 3 === experiment ? 1.5 : 1);
    return random() < 0.2 ? 0 : Math.floor(-rate * Math.log(1 - random()));
  });
  return { experiment, library: Math.log(y.reduce((sum, count) => sum + count, 1)), y };
});

/** The library is used as it is, in the units of counts. */
export const training = { scaling: false };
