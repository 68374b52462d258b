import type { DrawnTarget } from './distribution-data.ts';
import type { DistributionName } from './table.ts';

/** What files return for one element of y: its mean, and by name the other outputs. */
export interface DecodedElement {
  readonly y: number;
  readonly [name: string]: number | undefined;
}

/** Returns the standard deviation of the j-th element of y, given what files return for it; undefined if it has none. */
type Deviation = (target: DrawnTarget, decoded: DecodedElement, j: number) => number | undefined;

/** Returns the number of element j of y: one for all, or one for each. */
const fixed = (value: number | readonly number[] | undefined, j: number): number | undefined =>
  typeof value === 'object' ? value[j] : value;

const sigmaOf: Deviation = ({ sigma }, { logVar }, j) =>
  logVar === undefined ? fixed(sigma, j) : Math.exp(logVar / 2);
const scaleOf: Deviation = ({ scale }, decoded, j) => decoded['scale'] ?? fixed(scale, j);

/**
 * The likelihoods whose standard deviation has a simple formula. It is not a member of `DistributionData`, since pages that only draw
 * would load it too.
 */
export const DEVIATIONS: Partial<Readonly<Record<DistributionName, Deviation>>> = {
  normal: sigmaOf,
  laplace: (...given) => {
    const scale = scaleOf(...given);
    return scale && Math.SQRT2 * scale;
  },
  studentT: (target, decoded, j) => {
    const scale = scaleOf(target, decoded, j);
    const freedom = decoded['freedom'] ?? target.settings?.['freedom'] ?? 0;
    // With two degrees of freedom or fewer there is none.
    return scale === undefined || freedom <= 2 ? undefined : scale * Math.sqrt(freedom / (freedom - 2));
  },
  logNormal: (target, decoded, j) => {
    const sigma = sigmaOf(target, decoded, j);
    return sigma && decoded.y * Math.sqrt(Math.expm1(sigma ** 2));
  },
  gamma: (_, { y, concentration }) => concentration && y / Math.sqrt(concentration),
  poisson: (_, { y }) => Math.sqrt(y),
  // With extra zeros the mean is no longer that of the counts.
  negativeBinomial: (_, { y, dispersion = Infinity, zero }) =>
    zero === undefined ? Math.sqrt(y + y ** 2 / dispersion) : undefined,
  beta: (_, { y, alpha = NaN, beta = NaN }) => Math.sqrt((y * (1 - y)) / (alpha + beta + 1)) || undefined,
};
