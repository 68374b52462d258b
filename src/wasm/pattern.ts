/**
 * Which scale each of some numbers has: a period has blocks of one scale for each lane, the last of which may be shorter, and number i
 * of a block is of lane i mod lanes.
 */
export interface Pattern {
  readonly block: number;
  readonly lanes: number;
  readonly period: number;
  /** Lane by lane, of each block in turn. */
  readonly scales: Float32Array;
}

/** Returns the place of a number's scale. */
export const blockAt = ({ block, lanes, period }: Omit<Pattern, 'scales'>, i: number): number => {
  const rest = i % period;
  return (Math.floor(i / period) * Math.ceil(period / block) + Math.floor(rest / block)) * lanes + (rest % lanes);
};

/**
 * Returns the pattern of scales in the arrangement in which a kernel reads: one scale for a block, one for each of the eight columns of a
 * panel, or for each tap of a transposed convolution; undefined if there is none that is worth it.
 */
export const patternOf = (scales: Float32Array): Pattern | undefined => {
  for (const lanes of LANES) {
    const runs = runsOf(scales, lanes);
    if (runs.length * lanes * WORTH > scales.length) continue;
    for (const block of commonest(runs)) {
      // The first block that is shorter ends a period.
      let period = 0;
      const short = runs.findIndex((run) => run % block !== 0);
      for (const run of short < 0 ? [] : runs.slice(0, short + 1)) period += run;
      const form = { block, lanes, period: period || scales.length };
      const own: number[] = [];
      const fits = scales.every((scale, i) => (own[blockAt(form, i)] ??= scale) === scale);
      if (fits && scales.length % form.period === 0) return { ...form, scales: Float32Array.from(own) };
    }
  }
  return undefined;
};

const LANES = [1, 8, 4, 2, 3, 6, 9, 12, 16, 25];

/** The least number of numbers that share a scale. */
const WORTH = 16;

/** Returns the lengths of runs in which each lane has one scale. */
const runsOf = (scales: Float32Array, lanes: number): readonly number[] => {
  const runs: number[] = [];
  let start = 0;
  for (let at = lanes; at <= scales.length; at += lanes) {
    let isSame = at < scales.length;
    for (let lane = 0; isSame && lane < lanes; lane++) isSame = scales[at + lane] === scales[start + lane];
    if (isSame) continue;
    runs.push(at - start);
    start = at;
  }
  if (start < scales.length) runs.push(scales.length - start);
  return runs;
};

/** Returns the two lengths that are commonest, and all of it. */
const commonest = (runs: readonly number[]): readonly number[] => {
  const counts = new Map<number, number>();
  for (const run of runs) counts.set(run, (counts.get(run) ?? 0) + 1);
  return [...counts]
    .sort(([a, x], [b, y]) => y - x || b - a)
    .slice(0, 2)
    .map(([run]) => run);
};
