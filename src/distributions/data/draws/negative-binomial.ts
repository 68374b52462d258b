import type { Draws } from '../distribution-data.ts';
import { negativeBinomialAt } from './count.ts';

/** An extra zero if the noise is below its probability, otherwise the count at what is left of the noise. */
export const drawer: Draws['drawer'] =
  (_, { y, rate = y, dispersion, zero }) =>
  (at, __, noise) => {
    const none = zero?.[at] ?? 0;
    if (noise < none) return 0;
    return negativeBinomialAt(rate[at] ?? 0, dispersion?.[at] ?? 1, (noise - none) / (1 - none));
  };
