/** The distinct values of a list in increasing order, and how often each occurs. */
export interface Distinct {
  readonly values: readonly number[];
  readonly counts: readonly number[];
}

/** Returns the distinct values of a list; −0 is 0. */
export const distinctOf = (list: Float32Array): Distinct => {
  const values: number[] = [];
  const counts: number[] = [];
  for (const value of list.toSorted()) {
    if (value !== values.at(-1)) {
      values.push(value + 0);
      counts.push(0);
    }
    counts[counts.length - 1] = (counts.at(-1) ?? 0) + 1;
  }
  return { values, counts };
};

/** Returns those of the values for which `isKept` holds. */
export const filtered = ({ values, counts }: Distinct, isKept: (value: number, count: number) => boolean): Distinct => {
  const kept = values.flatMap((value, i) => (isKept(value, counts[i] ?? 0) ? [i] : []));
  return { values: kept.map((i) => values[i] ?? 0), counts: kept.map((i) => counts[i] ?? 0) };
};

/** Returns how many values there are, each as often as it occurs. */
export const total = ({ counts }: Distinct): number => counts.reduce((sum, count) => sum + count, 0);
