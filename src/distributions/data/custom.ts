import type { DistributionData } from './distribution-data.ts';
import { meansText } from './describe.ts';

/**
 * A custom distribution: its mean is known, and it can be drawn from if it was exported with `draw`, a separate file.
 */
export const customData: DistributionData = {
  title: 'custom',
  values: 'real',
  density: false,
  unit: 'nats',
  scalable: false,
  draws: ({ named }) => `expected a distribution that says how to draw from it, got ${named ?? 'one'} without draw`,
  describe: meansText,
};
