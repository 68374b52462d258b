import type { DistributionData } from './distribution-data.ts';
import { meansText } from './describe.ts';
import { positiveFault } from './faults.ts';

/** Positive numbers whose logarithm is normal. */
export const logNormalData: DistributionData = {
  title: 'log-normal',
  values: 'positive',
  density: true,
  unit: 'nats',
  scalable: false,
  draws: { noise: 'uniform', drawer: async (...given) => (await import('./draws/log-normal.ts')).drawer(...given) },
  fault: positiveFault,
  describe: meansText,
};
