import { absoluteErrorData } from './absolute-error.ts';
import { bernoulliData } from './bernoulli.ts';
import { betaData } from './beta.ts';
import { categoricalData } from './categorical.ts';
import { continuousBernoulliData } from './continuous-bernoulli.ts';
import { customData } from './custom.ts';
import { discretizedLogisticData } from './discretized-logistic.ts';
import type { DistributionData } from './distribution-data.ts';
import { gammaData } from './gamma.ts';
import { hurdleData } from './hurdle.ts';
import { laplaceData } from './laplace.ts';
import { logNormalData } from './log-normal.ts';
import { mixtureData } from './mixture.ts';
import { multinomialData } from './multinomial.ts';
import { negativeBinomialData } from './negative-binomial.ts';
import { normalScoresData } from './normal-scores.ts';
import { normalData } from './normal.ts';
import { ordinalData } from './ordinal.ts';
import { poissonData } from './poisson.ts';
import { recordData } from './record.ts';
import { squaredErrorData } from './squared-error.ts';
import { studentTData } from './student-t.ts';
import { vonMisesData } from './von-mises.ts';
import { zeroInflatedData } from './zero-inflated.ts';

/**
 * All likelihoods, by their names in files. A new one is a line here, and two files: `poisson.ts` for its layers, `data/poisson.ts` for
 * its values.
 */
const all = {
  bernoulli: bernoulliData,
  normal: normalData,
  categorical: categoricalData,
  custom: customData,
  squaredError: squaredErrorData,
  laplace: laplaceData,
  poisson: poissonData,
  negativeBinomial: negativeBinomialData,
  studentT: studentTData,
  absoluteError: absoluteErrorData,
  multinomial: multinomialData,
  ordinal: ordinalData,
  vonMises: vonMisesData,
  beta: betaData,
  gamma: gammaData,
  logNormal: logNormalData,
  continuousBernoulli: continuousBernoulliData,
  zeroInflated: zeroInflatedData,
  mixture: mixtureData,
  discretizedLogistic: discretizedLogisticData,
  record: recordData,
  normalScores: normalScoresData,
  hurdle: hurdleData,
} satisfies Readonly<Record<string, DistributionData>>;

/**
 * The name of p(y|x,z); `custom` is a user's own, `squaredError` is not a distribution but a sum of squares, `record` are several
 * targets.
 */
export type DistributionName = keyof typeof all;

export const DISTRIBUTIONS: Readonly<Record<DistributionName, DistributionData>> = all;

// An object's keys are those of its type, as `all` is written here.
export const DISTRIBUTION_NAMES = /* @__PURE__ */ Object.keys(all) as readonly DistributionName[];

/** A definition's target or a signature's, as far as its values depend on it. */
export interface Distributed {
  readonly distribution: DistributionName;
  readonly values?: 'positive' | 'unit' | 'counts';
  readonly of?: Distributed;
}

/** Returns the facts about the values of a target; a mixture's values are those of its components. */
export const distributionOf = ({ distribution, values, of }: Distributed): DistributionData => {
  const own = values ?? (of && distributionOf(of).values);
  return own ? { ...DISTRIBUTIONS[distribution], values: own } : DISTRIBUTIONS[distribution];
};
