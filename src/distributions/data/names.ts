/**
 * The likelihoods that a target may have, as files name them. A new one is a line here, one in the table of `table.ts`, which does
 * not compile without it, and its two files: `poisson.ts` for what it is in layers, `data/poisson.ts` for its values.
 */
export const DISTRIBUTION_NAMES = ['bernoulli', 'normal', 'categorical', 'custom', 'squaredError'] as const;

/** What p(y|x,z) is, by name; `custom` is one of your own, `squaredError` none but a sum of squares. */
export type DistributionName = (typeof DISTRIBUTION_NAMES)[number];
