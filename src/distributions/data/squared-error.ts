import type { DistributionData } from './distribution-data.ts';
import { meansText } from './describe.ts';

/** No distribution: there is a mean, and nothing to draw. */
export const squaredErrorData: DistributionData = {
  title: 'squared error',
  values: 'real',
  density: false,
  unit: 'squared error',
  scalable: true,
  draws: () => 'expected a target with a distribution, got squaredError, which has none',
  describe: meansText,
};
