import type { DistributionData } from './distribution-data.ts';
import { normalScoresData } from './normal-scores.ts';

/** Values of a probability of their own, and numbers of a density. */
export const hurdleData: DistributionData = {
  ...normalScoresData,
  title: 'hurdle',
  draws: { noise: 'uniform', drawer: async (...given) => (await import('./draws/hurdle.ts')).drawer(...given) },
};
