import { numbersOf, tensorOf } from '../../onnx/tensor.ts';

/** A matrix [k, n] in whole numbers from −8 to 7, with a scale for each block of rows in each column. */
export interface Codes {
  /** Row by row: [k, n]. */
  readonly codes: Int8Array;
  /** [blocks, n]. */
  readonly scales: Float32Array;
  readonly block: number;
  /** Whether float16 holds the scales. */
  readonly isHalf: boolean;
  /** What is to be added to each column's product, so that it stays as it was for inputs that are what they are on average; or zeros. */
  readonly shifts: Float64Array;
}

/** How much inputs matter, and which of them make up for each other: for some rows of a matrix, the Cholesky factor of their second moments. */
export interface Feedback {
  readonly from: number;
  readonly to: number;
  /** The rows in the order of their second moments, the smallest first. */
  readonly order: Int32Array;
  /** The second moments of the rows in that order, [rows, rows], and the lower half of their Cholesky factor. */
  readonly moments: Float64Array;
  readonly factor: Float64Array;
  /** The second moment of each row, in the matrix's order. */
  readonly weights: Float64Array;
  /** What each row's inputs are on average, if a bias can make up for it; the moments are then those around it. */
  readonly means: Float64Array | undefined;
}

/** Sums over inputs of some rows of a matrix. */
export interface Sum {
  readonly from: number;
  readonly size: number;
  /** Of products: [size, size], of which the lower half is set. */
  readonly products: Float64Array;
  readonly totals: Float64Array;
  readonly count: number;
}

/** Returns the length of the blocks that k rows are divided into: a divisor of k near 32, or 32, the last block of which is not full. */
export const blockOf = (k: number): number => {
  if (k <= 64) return k;
  for (let length = 32; length >= 20; length--) if (k % length === 0) return length;
  return 32;
};

/** Returns the factor for rows with these sums of inputs, around their means if a bias can make up for those. */
export const feedbackOf = ({ from, size, products, totals, count }: Sum, hasBias: boolean): Feedback => {
  const means = totals.map((total) => total / Math.max(1, count));
  const moment = (i: number, j: number): number =>
    (products[Math.max(i, j) * size + Math.min(i, j)] ?? 0) - (hasBias ? count * (means[i] ?? 0) * (means[j] ?? 0) : 0);
  const weights = Float64Array.from({ length: size }, (_, i) => moment(i, i));
  const damping = DAMPING * (weights.reduce((sum, weight) => sum + weight, 0) / size) || 1;
  const order = Int32Array.from(weights.keys()).sort((a, b) => (weights[a] ?? 0) - (weights[b] ?? 0) || a - b);
  const moments = new Float64Array(size * size);
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++)
      moments[i * size + j] = moment(order[i] ?? 0, order[j] ?? 0) + (i === j ? damping : 0);
  const factor = moments.slice();
  cholesky(factor, size);
  return {
    from,
    to: from + size,
    order,
    moments,
    factor,
    weights: weights.map((weight) => weight + damping),
    means: hasBias ? means : undefined,
  };
};

/** A share of the mean second moment that is added to each, so that inputs that were never there have a weight too. */
const DAMPING = 0.01;

/** Replaces the lower half of a symmetric matrix by its Cholesky factor. */
const cholesky = (matrix: Float64Array, size: number): void => {
  for (let i = 0; i < size; i++) {
    const row = matrix.subarray(i * size, i * size + i + 1);
    for (let j = 0; j <= i; j++) {
      const other = matrix.subarray(j * size, j * size + j + 1);
      let sum = row[j] ?? 0;
      for (let m = 0; m < j; m++) sum -= (row[m] ?? 0) * (other[m] ?? 0);
      row[j] = i === j ? Math.sqrt(Math.max(sum, Number.MIN_VALUE)) : sum / (other[j] ?? 1);
    }
  }
};

/**
 * Rounds the columns of a matrix to whole numbers of four bits, so that products with inputs change as little as possible: row by row,
 * from the one whose inputs are largest, each rounding's error is fed to the rows left, as far as their inputs can make up for it (Frantar
 * and others 2022, arXiv:2210.17323; here by the Cholesky factor of the second moments itself, which needs no inverse). Rows that no
 * feedback is known for are rounded to the nearest.
 *
 * @param group returns which of the feedbacks a column has: that of its group.
 */
export const roundedTo4 = (
  entries: Float64Array,
  { k, n, groups }: { readonly k: number; readonly n: number; readonly groups: number },
  feedback: readonly (readonly Feedback[])[] | undefined,
): Codes => {
  const block = blockOf(k);
  const columns = n / groups;
  const weights = Array.from({ length: groups }, (_, group) => weightsOf(k, feedback?.[group]));
  const found = scalesOf(entries, { k, n, block }, (column) => weights[Math.floor(column / columns)]);
  const isHalf = found.every((scale) => Math.abs(scale) >= SMALL && Math.abs(scale) < LARGE);
  const scales = isHalf ? Float32Array.from(numbersOf(tensorOf('float16', [found.length], found))) : found;
  const codes = new Int8Array(k * n);
  const scaleAt = (row: number, column: number): number => scales[Math.floor(row / block) * n + column] ?? 1;
  for (let group = 0; group < groups; group++) {
    const chunks = feedback?.[group] ?? [];
    for (const chunk of chunks)
      roundChunk(entries, n, chunk, { first: group * columns, count: columns, codes, scaleAt });
    if (chunks.length > 0) continue;
    for (let row = 0; row < k; row++)
      for (let column = group * columns; column < (group + 1) * columns; column++)
        codes[row * n + column] = codeOf(entries[row * n + column] ?? 0, scaleAt(row, column));
  }
  const shifts = new Float64Array(n);
  for (const [group, chunks] of (feedback ?? []).entries())
    for (const { from, means } of chunks)
      means?.forEach((mean, i) => {
        for (let column = group * columns; column < (group + 1) * columns; column++) {
          const at = (from + i) * n + column;
          const error = (entries[at] ?? 0) - (codes[at] ?? 0) * scaleAt(from + i, column);
          shifts[column] = (shifts[column] ?? 0) + mean * error;
        }
      });
  return { codes, scales, block, isHalf, shifts };
};

const weightsOf = (k: number, chunks: readonly Feedback[] | undefined): Float64Array => {
  const weights = new Float64Array(k).fill(1);
  for (const { from, weights: own } of chunks ?? []) weights.set(own, from);
  return weights;
};

interface Columns {
  readonly first: number;
  readonly count: number;
  readonly codes: Int8Array;
  readonly scaleAt: (row: number, column: number) => number;
}

/** Rounds rows of a group's columns, the last in the order first. */
const roundChunk = (entries: Float64Array, n: number, feedback: Feedback, columns: Columns): void => {
  const { from, order, factor } = feedback;
  const { first, count, codes, scaleAt } = columns;
  const size = order.length;
  const errors = new Float64Array(size * count);
  const wanted = new Float64Array(count);
  for (let i = size - 1; i >= 0; i--) {
    const row = from + (order[i] ?? 0);
    wanted.fill(0);
    const own = factor[i * size + i] ?? 1;
    for (let j = i + 1; j < size; j++) {
      const share = (factor[j * size + i] ?? 0) / own;
      if (share === 0) continue;
      const base = j * count;
      for (let c = 0; c < count; c++) wanted[c] = (wanted[c] ?? 0) + share * (errors[base + c] ?? 0);
    }
    for (let c = 0; c < count; c++) {
      const at = row * n + first + c;
      const entry = entries[at] ?? 0;
      const scale = scaleAt(row, first + c);
      const code = codeOf(entry + (wanted[c] ?? 0), scale);
      codes[at] = code;
      errors[i * count + c] = entry - code * scale;
    }
  }
  for (let c = 0; c < count; c++) refineColumn(entries, n, feedback, columns, first + c);
};

/** Rounds the rows of a column again, each given all others, while that makes its error smaller: the first ones did not know the last. */
const refineColumn = (
  entries: Float64Array,
  n: number,
  { from, order, moments }: Feedback,
  { codes, scaleAt }: Columns,
  column: number,
): void => {
  const size = order.length;
  const errors = new Float64Array(size);
  // Half the derivatives of the error in the outputs by those of the rows.
  const slopes = new Float64Array(size);
  const add = (i: number, by: number): void => {
    errors[i] = (errors[i] ?? 0) + by;
    const row = i * size;
    for (let j = 0; j < size; j++) slopes[j] = (slopes[j] ?? 0) + by * (moments[row + j] ?? 0);
  };
  const placeOf = (i: number): number => (from + (order[i] ?? 0)) * n + column;
  for (let i = 0; i < size; i++) {
    const at = placeOf(i);
    add(i, (entries[at] ?? 0) - (codes[at] ?? 0) * scaleAt(from + (order[i] ?? 0), column));
  }
  for (let sweep = 0, isChanged = true; isChanged && sweep < SWEEPS; sweep++) {
    isChanged = false;
    for (let i = size - 1; i >= 0; i--) {
      const at = placeOf(i);
      const scale = scaleAt(from + (order[i] ?? 0), column);
      const best = (entries[at] ?? 0) - (errors[i] ?? 0) + (slopes[i] ?? 0) / (moments[i * size + i] ?? 1);
      const code = codeOf(best, scale);
      if (code === codes[at]) continue;
      add(i, ((codes[at] ?? 0) - code) * scale);
      codes[at] = code;
      isChanged = true;
    }
  }
};

/** How often at most. */
const SWEEPS = 8;

const codeOf = (value: number, scale: number): number => Math.max(-8, Math.min(7, Math.round(value / scale)));

/**
 * Returns the scale of each block of each column: the one of some whose rounding errors, weighted, are least. The largest magnitude is
 * −8 of its scale, which may be negative, or less.
 */
const scalesOf = (
  entries: Float64Array,
  { k, n, block }: { readonly k: number; readonly n: number; readonly block: number },
  weightsFor: (column: number) => Float64Array | undefined,
): Float32Array => {
  const blocks = Math.ceil(k / block);
  const scales = new Float32Array(blocks * n);
  for (let b = 0; b < blocks; b++)
    for (let column = 0; column < n; column++) {
      const weights = weightsFor(column);
      const [from, to] = [b * block, Math.min(k, (b + 1) * block)];
      let largest = 0;
      for (let row = from; row < to; row++) {
        const value = entries[row * n + column] ?? 0;
        if (Math.abs(value) > Math.abs(largest)) largest = value;
      }
      let [best, least] = [1, Infinity];
      for (const part of largest === 0 ? [] : PARTS) {
        const scale = largest / part;
        let sum = 0;
        for (let row = from; row < to && sum < least; row++) {
          const value = entries[row * n + column] ?? 0;
          sum += (weights?.[row] ?? 1) * (value - codeOf(value, scale) * scale) ** 2;
        }
        if (sum < least) [best, least] = [scale, sum];
      }
      scales[b * n + column] = best;
    }
  return scales;
};

/** What the largest magnitude of a block may be of its scale; beyond −8 and 7 it is cut. */
const PARTS = [-8, -8.5, -9, -9.5, -10, -11, -12, 7, 7.5, 8, 8.5, 9, 9.5, 10, 11];

/** From and to which float16 holds scales with full precision. */
const [SMALL, LARGE] = [2 ** -14, 65504];
