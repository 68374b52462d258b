import { permutation, stream } from '../random.ts';
import type { Examples } from './dataset.ts';
import { select } from './split.ts';

/** Returns at most this number of examples. They are drawn with the random seed, not the first ones: files are often sorted by class. */
export const limited = (
  examples: Examples,
  { limit, seed }: { readonly limit?: number | undefined; readonly seed: number },
): Examples => {
  if (limit === undefined || limit >= examples.count) return examples;
  return select(examples, permutation(examples.count, stream(seed, 'limit')).slice(0, limit).sort());
};
