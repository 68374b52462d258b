import { customData } from './custom.ts';
import type { DistributionData } from './distribution-data.ts';

/** Columns of numbers as they are, by their quantiles. A file draws them. */
export const normalScoresData: DistributionData = { ...customData, title: 'normal scores', density: true };
