import type { DistributionData } from './distribution-data.ts';
import { meansText } from './describe.ts';

/** Not a distribution: it has a mean, but cannot be drawn from. */
export const squaredErrorData: DistributionData = {
  title: 'squared error',
  values: 'real',
  density: false,
  unit: 'squared error',
  scalable: true,
  draws: () => 'expected a target with a distribution, got squaredError, which has none',
  describe: meansText,
};
