import { stream, uniform } from '../random.ts';
import { binned, binnedBy } from './binned.ts';
import { seen, type Coded, type CodedColumn } from './table.ts';
import { grow, leafOf, leavesOf } from './tree.ts';

/** The fewest rows of a leaf. */
const LEAF = 5;

/**
 * Draws the columns that `given` lacks by sequential trees, as R's synthpop does: column after column, classes first, a tree of the columns
 * before, and then the value of one of the rows of its leaf, drawn with the seed.
 */
export const drawnByTrees = (train: Coded, given: Coded, seed: number): Coded => {
  const known = new Map(given.columns);
  const open = [...train.columns].filter(([name]) => !known.has(name));
  const order = [...open.filter(([, { levels }]) => levels), ...open.filter(([, { levels }]) => !levels)];
  const rows = Int32Array.from({ length: train.rows }, (_, i) => i);
  for (const [at, [name, column]] of order.entries()) {
    const before = [...known.keys()];
    const features = (of: ReadonlyMap<string, CodedColumn>) =>
      before.flatMap((one) => seen(of.get(one) ?? { values: new Float64Array() }));
    const data = binned(before.length > 0 ? features(train.columns) : [new Float64Array(train.rows)]);
    const own = binnedBy(before.length > 0 ? features(known) : [new Float64Array(given.rows)], data);
    const tree = grow(data, seen(column), rows, { leaf: LEAF });
    const leaves = new Map(leavesOf(tree));
    const key = stream(seed, 'trees', at);
    const values = Float64Array.from({ length: given.rows }, (_, row) => {
      const leaf = leaves.get(leafOf(tree, own, row)) ?? rows;
      return column.values[leaf[Math.floor(uniform(key, row) * leaf.length)] ?? 0] ?? NaN;
    });
    known.set(name, { ...column, values });
  }
  // In the order of the table.
  const columns = [...train.columns.keys()].map(
    (name) => [name, known.get(name) ?? { values: new Float64Array() }] as const,
  );
  return { rows: given.rows, columns: new Map(columns) };
};
