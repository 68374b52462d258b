import type { Draws } from '../distribution-data.ts';
import { poissonAt } from './count.ts';

/** The count of the mean's Poisson distribution up to which the probabilities add up to more than the noise. */
export const drawer: Draws['drawer'] =
  (_, { y }) =>
  (at, __, noise) =>
    poissonAt(y[at] ?? 0, noise);
