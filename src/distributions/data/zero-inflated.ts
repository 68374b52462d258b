import type { DistributionData } from './distribution-data.ts';
import { meansText } from './describe.ts';

/** Zeros, and numbers of another likelihood. */
export const zeroInflatedData: DistributionData = {
  title: 'zero-inflated',
  values: 'positive',
  density: true,
  unit: 'nats',
  scalable: false,
  draws: { noise: 'uniform', drawer: async (...given) => (await import('./draws/zero-inflated.ts')).drawer(...given) },
  fault: (value, _, component) => (value === 0 ? undefined : component?.(value)),
  describe: meansText,
};
