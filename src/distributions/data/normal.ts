import type { DecodedRows, DistributionData, DrawnTarget, Drawer } from './distribution-data.ts';
import { meansText } from './describe.ts';

/** Returns y + σ·ε, with the learned σ, or a fixed one for all elements or for each. */
const drawer = ({ sigma = 1 }: DrawnTarget, { y, logVar }: DecodedRows): Drawer => {
  if (logVar !== undefined) return (at, _, noise) => (y[at] ?? 0) + Math.exp((logVar[at] ?? 0) / 2) * noise;
  if (typeof sigma === 'number') return (at, _, noise) => (y[at] ?? 0) + sigma * noise;
  return (at, j, noise) => (y[at] ?? 0) + (sigma[j] ?? 0) * noise;
};

/** Real numbers with normal noise. */
export const normalData: DistributionData = {
  title: 'normal',
  values: 'real',
  density: true,
  unit: 'nats',
  scalable: true,
  draws: { noise: 'normal', drawer },
  describe: meansText,
};
