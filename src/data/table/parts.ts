import type { Dataset, Examples } from '../dataset.ts';
import { split } from '../split.ts';

/** The fractions of examples, drawn with the random seed, that are for tests and validation. */
export interface Fractions {
  readonly test?: number;
  readonly validation?: number;
  readonly seed?: number;
}

/** Returns examples in parts. */
export const partsOf = (all: Examples, { test, validation, seed = 0 }: Fractions): Omit<Dataset, 'name'> => {
  const [rest, tested] = test ? split(all, test, seed) : [all];
  // A fraction of all lines, as for the test part.
  const [train, validated] = validation ? split(rest, (validation * all.count) / rest.count, seed) : [rest];
  return { train, ...(validated ? { validation: validated } : {}), ...(tested ? { test: tested } : {}) };
};
