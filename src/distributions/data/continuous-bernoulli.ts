import type { DistributionData } from './distribution-data.ts';
import { meansText } from './describe.ts';
import { unitFault } from './faults.ts';

/** Numbers from 0 to 1 with a density. */
export const continuousBernoulliData: DistributionData = {
  title: 'continuous Bernoulli',
  values: 'unit',
  density: true,
  unit: 'nats',
  scalable: false,
  draws: {
    noise: 'uniform',
    drawer: async (...given) => (await import('./draws/continuous-bernoulli.ts')).drawer(...given),
  },
  fault: unitFault,
  describe: meansText,
};
