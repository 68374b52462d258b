import type { DistributionData } from './distribution-data.ts';
import { meansText } from './describe.ts';

/** Real numbers with noise of heavy tails. */
export const studentTData: DistributionData = {
  title: 'Student’s t',
  values: 'real',
  density: true,
  unit: 'nats',
  scalable: true,
  draws: { noise: 'uniform', drawer: async (...given) => (await import('./draws/student-t.ts')).drawer(...given) },
  describe: meansText,
};
