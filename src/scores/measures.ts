import { permutation, stream } from '../random.ts';
import { boosted, forest } from './ensembles.ts';
import type { Features } from './binned.ts';
import { featuresOf, rowsOf, seen, type Coded, type CodedColumn } from './table.ts';

const FOLDS = 5;

/**
 * Returns the area under the ROC curve of gradient boosting that distinguishes drawn rows from real ones, each judged by a fit to four fifths of
 * the others: 0.5 if they cannot be distinguished, 1 if they always can. Rows that are paired, since they have the same conditions, are in the
 * same fold: otherwise a real row would speak against the drawn one that has its conditions, and the area would be below 0.5.
 */
export const aucOf = (real: Coded, drawn: Coded, seed: number, isPaired = false): number => {
  const [own, others] = [featuresOf(real), featuresOf(drawn)];
  const features = own.map((column, f) => Float64Array.from([...column, ...(others[f] ?? [])]));
  const labels = Float64Array.from({ length: real.rows + drawn.rows }, (_, i) => (i < real.rows ? 0 : 1));
  const folds = new Int32Array(labels.length);
  // Real and drawn rows are spread over the folds evenly.
  for (const [first, count] of [
    [0, real.rows],
    [real.rows, drawn.rows],
  ] as const)
    permutation(count, stream(seed, 'folds', isPaired ? 0 : first)).forEach(
      (row, i) => (folds[first + row] = i % FOLDS),
    );
  const odds = new Float64Array(labels.length);
  for (let fold = 0; fold < FOLDS; fold++) {
    const [inside, outside] = [false, true].map((isOther) =>
      [...labels.keys()].filter((row) => (folds[row] !== fold) === isOther),
    );
    const pick = (rows: readonly number[] = []): Features =>
      features.map((column) => Float64Array.from(rows, (row) => column[row] ?? 0));
    const predict = boosted(
      pick(outside),
      Float64Array.from(outside ?? [], (row) => labels[row] ?? 0),
    );
    predict(pick(inside)).forEach((value, i) => (odds[inside?.[i] ?? 0] = value));
  }
  return rankArea(odds, labels);
};

/** Returns the share of pairs of a 1 and a 0 in which the 1 has the larger value; ties count half. */
export const rankArea = (values: Float64Array, labels: Float64Array): number => {
  const order = [...values.keys()].sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  let [sum, ones] = [0, 0];
  for (let at = 0; at < order.length;) {
    let end = at;
    while (end < order.length && values[order[end] ?? 0] === values[order[at] ?? 0]) end++;
    const mine = order.slice(at, end).filter((row) => labels[row] === 1).length;
    sum += (mine * (at + end + 1)) / 2;
    ones += mine;
    at = end;
  }
  return (sum - (ones * (ones + 1)) / 2) / (ones * (labels.length - ones));
};

/** Returns the largest distance between the distribution functions of two samples (Kolmogorov and Smirnov); missing values are left out. */
export const distance = (first: Float64Array, second: Float64Array): number => {
  const [a, b] = [first, second].map((values) => values.filter((value) => !Number.isNaN(value)).sort());
  if (!a?.length || !b?.length) return 1;
  let [i, j, most] = [0, 0, 0];
  while (i < a.length && j < b.length) {
    const value = Math.min(a[i] ?? 0, b[j] ?? 0);
    while (i < a.length && (a[i] ?? 0) <= value) i++;
    while (j < b.length && (b[j] ?? 0) <= value) j++;
    most = Math.max(most, Math.abs(i / a.length - j / b.length));
  }
  return most;
};

/**
 * Returns 1 − the distance of distributions, the mean over columns of numbers, within each class of a column, weighted by real rows. Of
 * columns of classes it is 1 − half the sum of differences of their shares, if there are no numbers.
 */
export const withinOf = (real: Coded, drawn: Coded, by: string | undefined, given: readonly string[]): number => {
  const open = [...real.columns.keys()].filter((name) => !given.includes(name) && name !== by);
  const numbers = open.filter((name) => !real.columns.get(name)?.levels);
  const names = numbers.length > 0 ? numbers : open;
  const alike = (name: string, own: Coded, other: Coded): number => {
    const [a, b] = [own.columns.get(name), other.columns.get(name)];
    if (!a || !b) return 0;
    return 1 - (a.levels ? sharesApart(a, b) : distance(a.values, b.values));
  };
  const meanOf = (own: Coded, other: Coded): number =>
    names.reduce((sum, name) => sum + alike(name, own, other), 0) / names.length;
  const column = by === undefined ? undefined : real.columns.get(by);
  const mine = by === undefined ? undefined : drawn.columns.get(by);
  if (!column?.levels || !mine) return meanOf(real, drawn);
  const rows = ({ values }: CodedColumn, level: number): readonly number[] =>
    [...values.keys()].filter((row) => values[row] === level);
  // Rows that lack the class are within none.
  const classed = present(column).length;
  return column.levels.reduce((sum, _, level) => {
    const [own, other] = [rows(column, level), rows(mine, level)];
    if (own.length === 0 || other.length === 0) return sum;
    return sum + (own.length / classed) * meanOf(rowsOf(real, own), rowsOf(drawn, other));
  }, 0);
};

const present = ({ values }: CodedColumn): Float64Array => values.filter((value) => !Number.isNaN(value));

const sharesApart = (column: CodedColumn, other: CodedColumn): number => {
  const [values, others] = [present(column), present(other)];
  if (values.length === 0 || others.length === 0) return 1;
  return (column.levels ?? []).reduce((sum, _, level) => {
    const share = (all: Float64Array) => all.filter((value) => value === level).length / all.length;
    return sum + Math.abs(share(values) - share(others)) / 2;
  }, 0);
};

/**
 * Returns how well a random forest that learned from drawn rows predicts a column of real ones: the share of right classes, or R² of numbers.
 */
export const predictedOf = (drawn: Coded, real: Coded, name: string, seed: number): number => {
  const [mine, truth] = [drawn.columns.get(name), real.columns.get(name)];
  if (!mine || !truth) return NaN;
  const found = forest(featuresOf(drawn, name), seen(mine), seed)(featuresOf(real, name));
  const { values, levels } = truth;
  if (!levels) {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const squares = (of: (row: number) => number): number =>
      values.reduce((sum, value, row) => sum + (value - of(row)) ** 2, 0);
    return 1 - squares((row) => found[0]?.[row] ?? 0) / squares(() => mean);
  }
  const right = [...values.keys()].filter((row) => {
    const shares = found.map((column) => column[row] ?? 0);
    return shares.indexOf(Math.max(...shares)) === values[row];
  });
  return right.length / values.length;
};

/** The most rows whose nearest row is looked for. */
const NEAR = 1000;

/**
 * Returns how far drawn rows are from the nearest row trained on, as a multiple of how far real rows are: 1 is as new as real rows, 0 are
 * copies. Numbers count in standard deviations, and a class that differs counts √2.
 */
export const noveltyOf = (train: Coded, real: Coded, drawn: Coded, seed: number): number => {
  const scales = [...train.columns.values()].flatMap((column) =>
    seen(column).map((values) => (column.levels ? 1 : deviation(values))),
  );
  const scaled = (table: Coded): readonly Float64Array[] => {
    const features = featuresOf(table);
    return Array.from({ length: table.rows }, (_, row) =>
      Float64Array.from(features, (column, f) => (column[row] ?? 0) / (scales[f] || 1)),
    );
  };
  const known = scaled(train);
  const nearest = (of: Coded): number => {
    const some = scaled(rowsOf(of, permutation(of.rows, stream(seed, 'near')).slice(0, NEAR)));
    return some.reduce((sum, row) => sum + Math.sqrt(least(row, known)), 0) / some.length;
  };
  return nearest(drawn) / nearest(real);
};

const least = (row: Float64Array, known: readonly Float64Array[]): number => {
  let low = Infinity;
  for (const other of known) {
    let sum = 0;
    for (let f = 0; f < row.length && sum < low; f++) sum += ((row[f] ?? 0) - (other[f] ?? 0)) ** 2;
    if (sum < low) low = sum;
  }
  return low;
};

const deviation = (values: Float64Array): number => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
};
