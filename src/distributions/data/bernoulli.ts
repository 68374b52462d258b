import type { DistributionData } from './distribution-data.ts';
import { unitFault } from './faults.ts';

/** Numbers from 0 to 1, each the probability of a 1; draws are 0 and 1. */
export const bernoulliData: DistributionData = {
  title: 'bernoulli',
  values: 'unit',
  density: false,
  unit: 'nats',
  scalable: false,
  draws: {
    noise: 'uniform',
    drawer:
      (_, { y }) =>
      (at, __, noise) =>
        noise < (y[at] ?? 0) ? 1 : 0,
  },
  fault: unitFault,
  likeliest: Math.round,
  describe: () => 'probabilities, 0 to 1',
};
