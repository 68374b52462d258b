import { categoricalData } from './categorical.ts';
import type { DistributionData } from './distribution-data.ts';

/** One of several classes in an order; files return the probabilities of all, as for classes without one. */
export const ordinalData: DistributionData = { ...categoricalData, title: 'ordinal' };
