import type { DistributionData } from './distribution-data.ts';
import { meansText } from './describe.ts';

/** Not a distribution: it has a median, but cannot be drawn from. */
export const absoluteErrorData: DistributionData = {
  title: 'absolute error',
  values: 'real',
  density: false,
  unit: 'absolute error',
  scalable: true,
  draws: () => 'expected a target with a distribution, got absoluteError, which has none',
  describe: meansText,
};
