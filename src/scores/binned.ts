/** Columns of numbers, each as long as there are rows. */
export type Features = readonly Float64Array[];

/** Columns whose numbers are replaced by the number of the bin that they fall into, and the upper edge of each bin. */
export interface Binned {
  readonly rows: number;
  readonly codes: readonly Uint8Array[];
  readonly edges: readonly Float64Array[];
}

/** The most bins of a column: a code is a byte. */
export const BINS = 255;

/**
 * Divides each column into bins of about as many rows, at most 255, or one for each value if there are fewer: what trees split at.
 */
export const binned = (features: Features): Binned => {
  const edges = features.map(edgesOf);
  return { rows: features[0]?.length ?? 0, edges, codes: codesOf(features, edges) };
};

/** Puts other rows into the same bins. */
export const binnedBy = (features: Features, { edges }: Binned): Binned => ({
  rows: features[0]?.length ?? 0,
  edges,
  codes: codesOf(features, edges),
});

const edgesOf = (column: Float64Array): Float64Array => {
  const sorted = Float64Array.from(column).sort();
  const unique = sorted.filter((value, i) => i === 0 || value !== sorted[i - 1]);
  if (unique.length <= BINS) return unique;
  const last = sorted.length - 1;
  const some = Array.from({ length: BINS }, (_, i) => sorted[Math.round(((i + 1) * last) / BINS)] ?? 0);
  return Float64Array.from(some.filter((value, i) => i === 0 || value !== some[i - 1]));
};

const codesOf = (features: Features, edges: readonly Float64Array[]): readonly Uint8Array[] =>
  features.map((column, f) => {
    const own = edges[f] ?? new Float64Array();
    return Uint8Array.from(column, (value) => binOf(own, value));
  });

/** Returns the first bin whose upper edge is not below a value; the last bin if there is none. */
const binOf = (edges: Float64Array, value: number): number => {
  let [low, high] = [0, edges.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((edges[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
};
