import type { Epoch } from '../train/epoch.ts';

/** Returns the epoch whose weights are kept: that of the lowest validation loss, or the last. */
export const bestOf = (epochs: readonly Epoch[]): Epoch | undefined => {
  const validated = epochs.filter(({ validation }) => validation?.['loss'] !== undefined);
  if (validated.length === 0) return epochs.at(-1);
  const loss = ({ validation }: Epoch): number => validation?.['loss'] ?? Infinity;
  return validated.reduce((best, epoch) => (loss(epoch) < loss(best) ? epoch : best));
};
