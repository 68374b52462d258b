import { stream, uniform } from '../random.ts';
import { binned, binnedBy, type Features } from './binned.ts';
import { grow, leafOf, leavesOf, type Tree } from './tree.ts';

/** Returns, for each row of features, a number for each column of the targets. */
export type Predictor = (features: Features) => readonly Float64Array[];

const indices = (count: number): Int32Array => Int32Array.from({ length: count }, (_, i) => i);

/** The settings of scikit-learn's GradientBoostingClassifier. */
const [STAGES, DEPTH, RATE] = [100, 3, 0.1];

/**
 * Fits gradient boosting of a log-odds (Friedman 2001): a hundred trees of depth 3, each of the residuals, with a Newton step in each
 * leaf, at a rate of 0.1. `labels` are 0 and 1; what it returns are log-odds.
 */
export const boosted = (features: Features, labels: Float64Array): ((features: Features) => Float64Array) => {
  const data = binned(features);
  const rows = indices(data.rows);
  const share = labels.reduce((sum, label) => sum + label, 0) / labels.length;
  const start = Math.log(share / (1 - share));
  const odds = new Float64Array(data.rows).fill(start);
  const residuals = new Float64Array(data.rows);
  const stages: (readonly [Tree, Float64Array])[] = [];
  for (let stage = 0; stage < STAGES; stage++) {
    for (let row = 0; row < data.rows; row++) residuals[row] = (labels[row] ?? 0) - chance(odds[row] ?? 0);
    const tree = grow(data, [residuals], rows, { depth: DEPTH, leaf: 1 });
    const values = new Float64Array(tree.nodes.length);
    for (const [leaf, own] of leavesOf(tree)) {
      let [sum, curvature] = [0, 0];
      for (const row of own) {
        const p = chance(odds[row] ?? 0);
        sum += residuals[row] ?? 0;
        curvature += p * (1 - p);
      }
      const value = curvature < 1e-150 ? 0 : (RATE * sum) / curvature;
      values[leaf] = value;
      for (const row of own) odds[row] = (odds[row] ?? 0) + value;
    }
    stages.push([tree, values]);
  }
  return (others) => {
    const own = binnedBy(others, data);
    return Float64Array.from({ length: own.rows }, (_, row) =>
      stages.reduce((sum, [tree, values]) => sum + (values[leafOf(tree, own, row)] ?? 0), start),
    );
  };
};

const chance = (odds: number): number => 1 / (1 + Math.exp(-odds));

/** The number of trees of a forest. */
const TREES = 100;

/**
 * Fits a random forest (Breiman 2001): a hundred trees, each of rows drawn with replacement, with √n of n columns to choose from at
 * each split. The targets may be one-hot classes, whose shares it returns, or numbers.
 */
export const forest = (features: Features, targets: readonly Float64Array[], seed: number): Predictor => {
  const data = binned(features);
  const count = Math.max(1, Math.round(Math.sqrt(features.length)));
  const trees = Array.from({ length: TREES }, (_, t) => {
    const key = stream(seed, 'forest', t);
    const rows = Int32Array.from({ length: data.rows }, (__, i) => Math.floor(uniform(key, i) * data.rows));
    const tree = grow(data, targets, rows, { leaf: 1, columns: { count, key: stream(seed, 'splits', t) } });
    const means = new Map(leavesOf(tree).map(([leaf, own]) => [leaf, targets.map((target) => meanOf(target, own))]));
    return { tree, means };
  });
  return (others) => {
    const own = binnedBy(others, data);
    const out = targets.map(() => new Float64Array(own.rows));
    for (const { tree, means } of trees)
      for (let row = 0; row < own.rows; row++) {
        const found = means.get(leafOf(tree, own, row)) ?? [];
        for (const [k, column] of out.entries()) column[row] = (column[row] ?? 0) + (found[k] ?? 0) / TREES;
      }
    return out;
  };
};

const meanOf = (values: Float64Array, rows: Int32Array): number =>
  rows.reduce((sum, row) => sum + (values[row] ?? 0), 0) / rows.length;
