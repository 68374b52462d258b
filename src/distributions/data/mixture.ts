import type { DistributionData } from './distribution-data.ts';
import { meansText } from './describe.ts';

/** Numbers of a mixture's components. */
export const mixtureData: DistributionData = {
  title: 'mixture',
  values: 'real',
  density: true,
  unit: 'nats',
  scalable: true,
  draws: { noise: 'uniform', joint: async (...given) => (await import('./draws/mixture.ts')).joint(...given) },
  fault: (value, _, component) => component?.(value),
  describe: meansText,
};
