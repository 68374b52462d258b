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
