import type { DistributionData } from './distribution-data.ts';
import { meansText } from './describe.ts';

/** A distribution of your own: its mean is known, and how to draw from it where it came with `draw`, a file of its own. */
export const customData: DistributionData = {
  title: 'custom',
  values: 'real',
  density: false,
  unit: 'nats',
  scalable: false,
  draws: ({ named }) =>
    `expected a distribution that says how to draw from it, got ${named ?? 'one of the definition’s own'} without draw`,
  describe: meansText,
};
