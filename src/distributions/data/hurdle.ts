import type { DistributionData } from './distribution-data.ts';
import { meansText } from './describe.ts';

/** Values of a probability of their own, and numbers of a density. */
export const hurdleData: DistributionData = {
  title: 'hurdle',
  values: 'real',
  density: true,
  unit: 'nats',
  scalable: false,
  draws: { noise: 'uniform', drawer: async (...given) => (await import('./draws/hurdle.ts')).drawer(...given) },
  describe: meansText,
};
