import { permutation, stream } from '../../src/random.ts';

/**
 * Whether tests try all cases, as under `npm run test:all`. What is rare and slow is a test that runs only there,
 * `it.runIf(IS_LONG)`, next to one of its kind that always runs.
 */
export const IS_LONG = Boolean(process.env['CVAE_LONG']);

const SEED = Number(process.env['CVAE_SEED'] ?? 1);

/**
 * Some of a list, in its order: `count` of them, chosen by CVAE_SEED and by what they are for, or all among the long tests. For a test
 * that would take too long for `npm test` with all of them, and that finds the same faults with any.
 */
export const chosen = <T>(what: string, list: readonly T[], count: number): readonly T[] => {
  if (IS_LONG) return list;
  const kept = new Set(permutation(list.length, stream(SEED, 'chosen', what)).subarray(0, count));
  return list.filter((_, i) => kept.has(i));
};

/** The same of each kind in a list: `count` of each, so that none is left out. */
export const chosenOfEach = <T>(
  what: string,
  list: readonly T[],
  kindOf: (one: T) => string,
  count: number,
): readonly T[] => {
  const kinds = [...new Set(list.map(kindOf))];
  const kept = new Set(
    kinds.flatMap((kind) =>
      chosen(
        `${what}: ${kind}`,
        list.filter((one) => kindOf(one) === kind),
        count,
      ),
    ),
  );
  return list.filter((one) => kept.has(one));
};
