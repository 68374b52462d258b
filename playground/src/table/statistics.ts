/** The quantiles of a band: its ends, its middle half, and its median. */
export const LEVELS = [0.05, 0.25, 0.5, 0.75, 0.95] as const;

/** Quantiles of numbers, linear between neighbours (type 7 of Hyndman and Fan, 1996); NaN of none. What is not a number is left out. */
export const quantiles = (values: readonly number[], levels: readonly number[] = LEVELS): readonly number[] => {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  return levels.map((level) => {
    const at = level * (sorted.length - 1);
    const [low, high] = [sorted[Math.floor(at)] ?? NaN, sorted[Math.ceil(at)] ?? NaN];
    return low + (at - Math.floor(at)) * (high - low);
  });
};

/** The share of values in each of a number of bins from `from` to `to`; what lies beyond counts towards the bins at the ends. */
export const histogram = (values: readonly number[], from: number, to: number, bins: number): readonly number[] => {
  const counts = Array.from({ length: bins }, () => 0);
  let all = 0;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    const bin = Math.max(0, Math.min(bins - 1, Math.floor((bins * (value - from)) / (to - from || 1))));
    counts[bin] = (counts[bin] ?? 0) + 1;
    all++;
  }
  return counts.map((count) => count / (all || 1));
};

/** The share of each class. */
export const shares = (values: readonly number[], classes: number): readonly number[] =>
  histogram(values, -0.5, classes - 0.5, classes);

/** Spearman's rank correlation, of pairs of which both are numbers; NaN where one does not vary. */
export const rankCorrelation = (a: readonly number[], b: readonly number[]): number => {
  const pairs = a.flatMap((value, i) =>
    Number.isNaN(value) || Number.isNaN(b[i] ?? NaN) ? [] : [[value, b[i] ?? 0] as const],
  );
  const [x, y] = [ranks(pairs.map(([one]) => one)), ranks(pairs.map(([, one]) => one))];
  const middle = (pairs.length + 1) / 2;
  let [xy, xx, yy] = [0, 0, 0];
  for (const [i, rank] of x.entries()) {
    const [dx, dy] = [rank - middle, (y[i] ?? 0) - middle];
    xy += dx * dy;
    xx += dx * dx;
    yy += dy * dy;
  }
  return xy / Math.sqrt(xx * yy);
};

/** Ranks from 1, equal numbers having their mean rank. */
const ranks = (values: readonly number[]): readonly number[] => {
  const order = values.map((_, i) => i).sort((i, j) => (values[i] ?? 0) - (values[j] ?? 0));
  const found = Array.from({ length: values.length }, () => 0);
  for (let from = 0; from < order.length;) {
    let to = from;
    while (to + 1 < order.length && values[order[to + 1] ?? 0] === values[order[from] ?? 0]) to++;
    for (let i = from; i <= to; i++) found[order[i] ?? 0] = (from + to) / 2 + 1;
    from = to + 1;
  }
  return found;
};
