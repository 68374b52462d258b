import { stream, uniform } from '../random.ts';
import { binned, binnedBy } from './binned.ts';
import { InvalidData } from '../errors.ts';
import { isList } from '../values/lists.ts';
import { isPlain, isWhole } from '../values/rules.ts';
import { received } from '../values/value-text.ts';
import { coded, rowsOf, seen, wholeRows, type Coded, type CodedColumn, type ScoredTable } from './table.ts';
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

/**
 * Draws a table by sequential trees: a row for each row of `given`, whose columns are some of the table's, with values of rows of `train`
 * in all other columns. It takes a second, has no latent and no file, and is what a model of a table should be compared with.
 *
 *     const rows = sequentialTrees(train, { month: ['May', 'May', 'June'] }, 1);
 *
 * @throws InvalidData for tables that are none, and for columns or classes that `train` does not have.
 */
export const sequentialTrees = (train: ScoredTable, given: ScoredTable, seed = 1): ScoredTable => {
  const isTable = (table: unknown): boolean =>
    isPlain(table) && Object.values(table).length > 0 && Object.values(table).every(isList);
  const wrong = [train, given].find((table) => !isTable(table));
  if (wrong !== undefined)
    throw new InvalidData(`sequentialTrees: expected tables as objects of columns, got ${received(wrong)}; give them`);
  if (!isWhole(seed, 0))
    throw new InvalidData(
      `sequentialTrees: expected a whole number from 0 as seed, got ${received(seed)}; give one such as 1`,
    );
  const other = Object.keys(given).find((name) => !Object.hasOwn(train, name));
  if (other !== undefined)
    throw new InvalidData(
      `sequentialTrees: expected given columns that train has, got ${other}; give some of ${Object.keys(train).join(', ')}`,
    );
  const some = Object.fromEntries(Object.keys(given).map((name) => [name, train[name] ?? []]));
  const { all } = coded({ all: train });
  const { own, conditions } = coded({ own: some, conditions: given });
  if (!all || !own || !conditions) throw new RangeError('a part is missing');
  const rows = wholeRows(all);
  const fitted = new Map([...rowsOf(all, rows).columns, ...rowsOf(own, rows).columns]);
  const drawn = drawnByTrees(
    {
      rows: rows.length,
      columns: new Map(
        [...all.columns.keys()].map((name) => [name, fitted.get(name) ?? { values: new Float64Array() }]),
      ),
    },
    conditions,
    seed,
  );
  return Object.fromEntries(
    [...drawn.columns].map(([name, { values, levels }]) => [
      name,
      levels ? Array.from(values, (code) => levels[code] ?? '') : values,
    ]),
  );
};
