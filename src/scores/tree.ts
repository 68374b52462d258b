import { uniform, type Key } from '../random.ts';
import { BINS, type Binned } from './binned.ts';

/** When a tree stops, and of how many columns each split chooses. */
export interface TreeOptions {
  /** The most splits between the root and a leaf; none by default. */
  readonly depth?: number;
  /** The fewest rows of a leaf. */
  readonly leaf: number;
  /** The number of columns, drawn anew for each split; all by default. */
  readonly columns?: { readonly count: number; readonly key: Key };
}

/** A tree, node after node; a leaf has no children, and its rows. */
export interface Tree {
  readonly nodes: readonly Node[];
}

interface Node {
  readonly feature: number;
  /** Rows of this bin and the ones below it go left. */
  readonly bin: number;
  readonly left: number;
  readonly right: number;
  /** The rows of a leaf, as given to `grow`. */
  readonly rows: Int32Array;
}

/**
 * Grows a tree on some rows: each split makes the sum of squares of the targets' columns about their means as small as it can. Of one
 * column of numbers this is a regression tree, of one-hot classes it is a classification tree by Gini's index.
 */
export const grow = (
  data: Binned,
  targets: readonly Float64Array[],
  rows: Int32Array,
  { depth = Infinity, leaf, columns }: TreeOptions,
): Tree => {
  const nodes: Node[] = [];
  const sums = new Float64Array(BINS * (targets.length + 1));
  let splits = 0;
  const all = Array.from(data.codes, (_, f) => f);
  const candidates = (): readonly number[] => {
    if (!columns || columns.count >= all.length) return all;
    return drawnFrom(all, columns.count, columns.key, splits++);
  };
  const add = (own: Int32Array, level: number): number => {
    const at = nodes.length;
    nodes.push({ feature: 0, bin: 0, left: -1, right: -1, rows: own });
    if (level >= depth || own.length < 2 * leaf) return at;
    const found = bestSplit(data, targets, own, leaf, candidates(), sums);
    if (!found) return at;
    const codes = data.codes[found.feature] ?? new Uint8Array();
    const isLeft = (row: number): boolean => (codes[row] ?? 0) <= found.bin;
    const left = add(own.filter(isLeft), level + 1);
    const right = add(
      own.filter((row) => !isLeft(row)),
      level + 1,
    );
    nodes[at] = { ...found, left, right, rows: new Int32Array() };
    return at;
  };
  add(rows, 0);
  return { nodes };
};

/** Returns the number of the leaf that a row falls into. */
export const leafOf = ({ nodes }: Tree, { codes }: Binned, row: number): number => {
  let at = 0;
  for (let node = nodes[0]; node && node.left >= 0; node = nodes[at])
    at = (codes[node.feature]?.[row] ?? 0) <= node.bin ? node.left : node.right;
  return at;
};

/** Returns the leaves of a tree with their rows. */
export const leavesOf = ({ nodes }: Tree): readonly (readonly [number, Int32Array])[] =>
  nodes.flatMap(({ left, rows }, at) => (left < 0 ? [[at, rows] as const] : []));

/** Draws some of a list without putting them back, by numbers from a stream. */
const drawnFrom = (all: readonly number[], count: number, key: Key, which: number): readonly number[] => {
  const left = [...all];
  return Array.from({ length: count }, (_, i) => {
    const [one = 0] = left.splice(Math.floor(uniform(key, which * all.length + i) * left.length), 1);
    return one;
  });
};

/** Finds the split after which the sums of squares about the means of both sides are least; none if no split lowers them. */
const bestSplit = (
  { codes, edges }: Binned,
  targets: readonly Float64Array[],
  rows: Int32Array,
  leaf: number,
  features: readonly number[],
  sums: Float64Array,
): { readonly feature: number; readonly bin: number } | undefined => {
  const width = targets.length + 1;
  const total = new Float64Array(width);
  for (const row of rows) for (let k = 1; k < width; k++) total[k] = (total[k] ?? 0) + (targets[k - 1]?.[row] ?? 0);
  const whole = score(total, 1, rows.length);
  let best: { readonly feature: number; readonly bin: number } | undefined;
  let most = whole + 1e-10 * (1 + Math.abs(whole));
  const left = new Float64Array(width);
  for (const feature of features) {
    const own = codes[feature] ?? new Uint8Array();
    const bins = edges[feature]?.length ?? 0;
    sums.fill(0, 0, bins * width);
    for (const row of rows) {
      const from = (own[row] ?? 0) * width;
      sums[from] = (sums[from] ?? 0) + 1;
      for (let k = 1; k < width; k++) sums[from + k] = (sums[from + k] ?? 0) + (targets[k - 1]?.[row] ?? 0);
    }
    left.fill(0);
    for (let bin = 0; bin < bins - 1; bin++) {
      if (sums[bin * width] === 0) continue;
      for (let k = 0; k < width; k++) left[k] = (left[k] ?? 0) + (sums[bin * width + k] ?? 0);
      const count = left[0] ?? 0;
      if (rows.length - count < leaf) break;
      if (count < leaf) continue;
      const gain = score(left, 1, count) + rest(total, left, rows.length - count);
      if (gain > most) [most, best] = [gain, { feature, bin }];
    }
  }
  return best;
};

const score = (sums: Float64Array, from: number, count: number): number => {
  let squares = 0;
  for (let k = from; k < sums.length; k++) squares += (sums[k] ?? 0) ** 2;
  return squares / count;
};

const rest = (total: Float64Array, left: Float64Array, count: number): number => {
  let squares = 0;
  for (let k = 1; k < total.length; k++) squares += ((total[k] ?? 0) - (left[k] ?? 0)) ** 2;
  return squares / count;
};
