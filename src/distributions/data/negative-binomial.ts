import type { DistributionData } from './distribution-data.ts';
import { meansText } from './describe.ts';
import { countFault } from './faults.ts';

/** Counts whose variance exceeds their mean, and extra zeros if the files return their probability. */
export const negativeBinomialData: DistributionData = {
  title: 'negative binomial',
  values: 'counts',
  density: false,
  unit: 'nats',
  scalable: false,
  draws: {
    noise: 'uniform',
    drawer: async (...given) => (await import('./draws/negative-binomial.ts')).drawer(...given),
  },
  fault: countFault,
  describe: meansText,
};
