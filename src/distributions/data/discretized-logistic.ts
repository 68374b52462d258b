import type { DistributionData } from './distribution-data.ts';
import { meansText } from './describe.ts';
import { levelFault } from './faults.ts';

/** Numbers from 0 to 1 in equal steps, `settings.levels` of them. */
export const discretizedLogisticData: DistributionData = {
  title: 'discretised logistics',
  values: 'unit',
  density: false,
  unit: 'nats',
  scalable: false,
  draws: {
    noise: 'uniform',
    joint: async (...given) => (await import('./draws/discretized-logistic.ts')).joint(...given),
  },
  fault: (value, { levels = 256 }) => levelFault(value, levels),
  describe: meansText,
};
