import type { DistributionData } from './distribution-data.ts';
import { meansText } from './describe.ts';
import { positiveFault } from './faults.ts';

/** Positive numbers whose deviation is proportional to their mean. */
export const gammaData: DistributionData = {
  title: 'gamma',
  values: 'positive',
  density: true,
  unit: 'nats',
  scalable: false,
  draws: { noise: 'uniform', drawer: async (...given) => (await import('./draws/gamma.ts')).drawer(...given) },
  fault: positiveFault,
  describe: meansText,
};
