import type { DistributionData } from './distribution-data.ts';
import { meansText } from './describe.ts';

/** Real numbers with Laplace noise. */
export const laplaceData: DistributionData = {
  title: 'Laplace',
  values: 'real',
  density: true,
  unit: 'nats',
  scalable: true,
  draws: { noise: 'uniform', drawer: async (...given) => (await import('./draws/laplace.ts')).drawer(...given) },
  describe: meansText,
};
