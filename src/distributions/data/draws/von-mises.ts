import type { Draws } from '../distribution-data.ts';

/** The quantile of the noise around the mean, in [−π, π). */
export const drawer: Draws['drawer'] = (_, { y, concentration }) => {
  let [known, at0] = [NaN, quantiles(0)];
  return (at, __, noise) => {
    const kappa = concentration?.[at] ?? 0;
    if (kappa !== known) [known, at0] = [kappa, quantiles(kappa)];
    const angle = (y[at] ?? 0) + at0(noise);
    return angle - 2 * Math.PI * Math.floor(angle / (2 * Math.PI) + 0.5);
  };
};

const CELLS = 512;

/**
 * Returns the quantile function of a von Mises distribution of mean 0: the density is integrated over cells by Simpson's
 * rule, over as many deviations as float32's noise reaches, and within a cell it is taken for linear.
 */
const quantiles = (kappa: number): ((u: number) => number) => {
  const reach = Math.min(Math.PI, 8 / Math.sqrt(kappa));
  const width = (2 * reach) / CELLS;
  const density = (x: number) => Math.exp(-2 * kappa * Math.sin(x / 2) ** 2);
  const edges = Float64Array.from({ length: CELLS + 1 }, (_, i) => density(i * width - reach));
  const sums = new Float64Array(CELLS + 1);
  for (let i = 0; i < CELLS; i++) {
    const middle = density((i + 0.5) * width - reach);
    sums[i + 1] = (sums[i] ?? 0) + (width / 6) * ((edges[i] ?? 0) + 4 * middle + (edges[i + 1] ?? 0));
  }
  return (u) => {
    const wanted = u * (sums[CELLS] ?? 1);
    let [low, high] = [0, CELLS];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((sums[middle] ?? 0) <= wanted) low = middle;
      else high = middle;
    }
    // a·t + ½·(b − a)·t² of the cell's linear density, scaled to the cell's integral.
    const [a, b] = [edges[low] ?? 0, edges[low + 1] ?? 0];
    const share = (wanted - (sums[low] ?? 0)) / ((sums[low + 1] ?? 0) - (sums[low] ?? 0) || 1);
    const target = (share * (a + b)) / 2;
    const t = a + b > 0 ? (2 * target) / (a + Math.sqrt(a * a + 2 * (b - a) * target)) : share;
    return (low + t) * width - reach;
  };
};
