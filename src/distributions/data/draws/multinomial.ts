import type { JointDraws } from '../distribution-data.ts';
import { binomialAt } from './count.ts';

/** Item by item: how many of those that are left, with the item's share of what is left of the probabilities. */
export const joint: JointDraws['joint'] = async ({ settings }, { y: means }) => {
  const total = settings?.['total'] ?? 1;
  return (row, noise, y) => {
    const own = means.subarray(row * y.length, (row + 1) * y.length);
    const last = own.findLastIndex((mean) => mean > 0); // which takes what is left, as shares add up to nearly 1
    let left = total;
    let rest = own.reduce((a, b) => a + b, 0);
    for (const [j, mean] of own.entries()) {
      y[j] = j === last ? left : binomialAt(left, Math.min(mean / rest, 1), noise[j] ?? 0);
      left -= y[j] ?? 0;
      rest -= mean;
    }
  };
};
