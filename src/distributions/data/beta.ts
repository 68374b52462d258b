import type { DistributionData } from './distribution-data.ts';
import { meansText } from './describe.ts';
import { shareFault } from './faults.ts';

/** Shares, strictly between 0 and 1. */
export const betaData: DistributionData = {
  title: 'beta',
  values: 'unit',
  density: true,
  unit: 'nats',
  scalable: false,
  draws: { noise: 'uniform', drawer: async (...given) => (await import('./draws/beta.ts')).drawer(...given) },
  fault: shareFault,
  describe: meansText,
};
