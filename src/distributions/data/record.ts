import { customData } from './custom.ts';
import type { DistributionData } from './distribution-data.ts';

/** Several targets, each of which has its own likelihood and is drawn by itself. */
export const recordData: DistributionData = { ...customData, title: 'several targets' };
