import type { DistributionData } from './distribution-data.ts';
import { meansText } from './describe.ts';
import { angleFault } from './faults.ts';

/** Angles in radians. */
export const vonMisesData: DistributionData = {
  title: 'von Mises',
  values: 'real',
  density: true,
  unit: 'nats',
  scalable: false,
  draws: { noise: 'uniform', drawer: async (...given) => (await import('./draws/von-mises.ts')).drawer(...given) },
  fault: angleFault,
  range: [-Math.PI, Math.PI],
  describe: meansText,
};
