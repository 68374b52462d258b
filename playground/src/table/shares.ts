import type { Outputs } from 'cvae-compile/runtime';
import type { Manifest } from '../../../src/signature.ts';
import { resultsOf } from '../view/results.ts';
import type { TableColumn } from './columns.ts';
import { shares } from './statistics.ts';

/** The share of each class of a column in some of the rows that were drawn: of its draws, or the mean of its probabilities. */
export const sharesIn = (
  manifest: Manifest,
  { target, classes = [] }: TableColumn,
  drawn: Outputs,
  first: number,
  count: number,
): readonly number[] => {
  const outputs = resultsOf(manifest, drawn)[target];
  if (outputs === undefined) return classes.map(() => 0);
  const width = outputs.data.length / (outputs.shape[0] ?? 1);
  const rows = outputs.data.subarray(first * width, (first + count) * width);
  if (width === 1) return shares([...rows], classes.length);
  return classes.map((_, at) => rows.reduce((sum, value, i) => (i % width === at ? sum + value : sum), 0) / count);
};

/** More classes than this are shown by their most frequent ones. */
export const MOST_CLASSES = 12;

/** Classes as a picture shows them: all, or the most frequent of many and the others as one. */
export interface Lumped {
  readonly names: readonly string[];
  /** The shares of these, given those of all classes. */
  of(shares: readonly number[]): readonly number[];
}

/** Lumps classes by their shares in several places. */
export const lumped = (classes: readonly string[], places: readonly (readonly number[])[]): Lumped => {
  if (classes.length <= MOST_CLASSES) return { names: classes, of: (shares) => shares };
  const whole = classes.map((_, i) => places.reduce((sum, shares) => sum + (shares[i] ?? 0), 0));
  const most = [...classes.keys()].sort((a, b) => (whole[b] ?? 0) - (whole[a] ?? 0)).slice(0, MOST_CLASSES - 1);
  const shown = most.sort((a, b) => a - b);
  return {
    names: [...shown.map((i) => classes[i] ?? ''), `${classes.length - shown.length} others`],
    of: (shares) => {
      const own = shown.map((i) => shares[i] ?? 0);
      return [...own, Math.max(0, shares.reduce((a, b) => a + b, 0) - own.reduce((a, b) => a + b, 0))];
    },
  };
};
