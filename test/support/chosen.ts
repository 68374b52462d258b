import { permutation, stream } from '../../src/random.ts';

/** Whether tests take all of what they may take, as `npm run test:all` does. */
export const IS_LONG = Boolean(process.env['CVAE_LONG']);

const SEED = Number(process.env['CVAE_SEED'] ?? 1);

/**
 * Some of a list, in its order: `count` of them, chosen by CVAE_SEED and by what they are for, or all among the long tests. For a test
 * that would take too long for `npm test` with all of them, and that finds what it is to find with any.
 */
export const chosen = <T>(what: string, list: readonly T[], count: number): readonly T[] => {
  if (IS_LONG) return list;
  const kept = new Set(permutation(list.length, stream(SEED, 'chosen', what)).subarray(0, count));
  return list.filter((_, i) => kept.has(i));
};
