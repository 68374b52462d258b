import { bernoulliData } from './bernoulli.ts';
import { categoricalData } from './categorical.ts';
import { customData } from './custom.ts';
import type { DistributionData } from './distribution-data.ts';
import type { DistributionName } from './names.ts';
import { laplaceData } from './laplace.ts';
import { negativeBinomialData } from './negative-binomial.ts';
import { normalData } from './normal.ts';
import { poissonData } from './poisson.ts';
import { squaredErrorData } from './squared-error.ts';

/** All likelihoods, by name. */
export const DISTRIBUTIONS: Readonly<Record<DistributionName, DistributionData>> = {
  bernoulli: bernoulliData,
  normal: normalData,
  categorical: categoricalData,
  custom: customData,
  squaredError: squaredErrorData,
  laplace: laplaceData,
  poisson: poissonData,
  negativeBinomial: negativeBinomialData,
};

/** Returns the facts about the values of a target, given a definition's target or a signature's. */
export const distributionOf = ({ distribution }: { readonly distribution: DistributionName }): DistributionData =>
  DISTRIBUTIONS[distribution];
