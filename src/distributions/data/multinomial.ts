import type { DistributionData } from './distribution-data.ts';
import { meansText } from './describe.ts';
import { countFault } from './faults.ts';

/** Counts that share out a total, `settings.total` in a draw. */
export const multinomialData: DistributionData = {
  title: 'multinomial',
  values: 'counts',
  density: false,
  unit: 'nats',
  scalable: false,
  draws: { noise: 'uniform', joint: async (...given) => (await import('./draws/multinomial.ts')).joint(...given) },
  fault: countFault,
  describe: meansText,
};
