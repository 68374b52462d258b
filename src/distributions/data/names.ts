/**
 * The likelihoods that a target may have, by their names in files. A new one is a line here, a line in the table of
 * `table.ts`, which does not compile without it, and two files: `poisson.ts` for its layers, `data/poisson.ts` for its
 * values.
 */
export const DISTRIBUTION_NAMES = [
  // One a line, so that a new one changes no other.
  'bernoulli',
  'normal',
  'categorical',
  'custom',
  'squaredError',
  'laplace',
  'poisson',
  'negativeBinomial',
  'studentT',
  'absoluteError',
  'multinomial',
  'ordinal',
  'vonMises',
  'beta',
  'gamma',
  'logNormal',
  'continuousBernoulli',
  'zeroInflated',
  'mixture',
  'discretizedLogistic',
  'record',
  'normalScores',
  'hurdle',
] as const;

/** The name of p(y|x,z); `custom` is a user's own, `squaredError` is not a distribution but a sum of squares, `record` are
 * several targets. */
export type DistributionName = (typeof DISTRIBUTION_NAMES)[number];
