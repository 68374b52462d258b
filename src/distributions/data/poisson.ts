import type { DistributionData } from './distribution-data.ts';
import { meansText } from './describe.ts';
import { countFault } from './faults.ts';

/** Counts whose variance is their mean. */
export const poissonData: DistributionData = {
  title: 'Poisson',
  values: 'counts',
  density: false,
  unit: 'nats',
  scalable: false,
  draws: { noise: 'uniform', drawer: async (...given) => (await import('./draws/poisson.ts')).drawer(...given) },
  fault: countFault,
  describe: meansText,
};
