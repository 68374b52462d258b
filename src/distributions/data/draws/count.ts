import { inverseNormal } from '../../../random.ts';
import { betaBelow, gammaBelow } from '../special.ts';

/** The largest count that is drawn: beyond it float32 does not hold every whole number. */
export const MOST = 2 ** 24;

/** A distribution of counts, for inversion: its moments, p(0), the ratio p(k)/p(k − 1), and P(Y ≤ k). */
interface Counts {
  readonly mean: number;
  readonly deviation: number;
  readonly none: number;
  ratio(k: number): number;
  upTo(k: number): number;
}

/** The largest mean for which probabilities are added up from 0, and how many. */
const [FEW, STEPS] = [30, 1000];

/** Returns the least count up to which the probabilities add up to more than u, in [0, 1). */
const quantile = ({ mean, deviation, none, ratio, upTo }: Counts, u: number): number => {
  if (mean <= FEW) {
    let [k, p, sum] = [0, none, none];
    for (; sum <= u && k < STEPS && (p > 0 || k < mean); sum += p) p *= ratio(++k);
    if (k < STEPS) return k;
  }
  // Doubles the distance from a guess until the count is enclosed, then halves it.
  const guess = mean + deviation * inverseNormal(Math.min(Math.max(u, 2 ** -33), 1 - 2 ** -33));
  let low = -1;
  let high = Math.min(Math.max(Math.floor(guess), 0), MOST);
  if (upTo(high) > u) {
    for (let step = 1, k = high; k > 0; step *= 2) {
      k = Math.max(high - step, 0);
      if (upTo(k) <= u) {
        low = k;
        break;
      }
      high = k;
    }
  } else {
    for (let step = 1; high < MOST; step *= 2) {
      low = high;
      high = Math.min(high + step, MOST);
      if (upTo(high) > u) break;
    }
  }
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (upTo(middle) > u) high = middle;
    else low = middle;
  }
  return high;
};

/** Returns the count of a Poisson distribution at u; from a mean of 65,536 on by Cornish and Fisher's expansion. */
export const poissonAt = (mean: number, u: number): number => {
  const rate = Math.min(mean, MOST);
  if (!(rate > 0)) return 0;
  if (rate > 2 ** 16) {
    const z = inverseNormal(Math.max(u, 2 ** -33));
    return Math.round(Math.min(rate + Math.sqrt(rate) * z + (z * z - 1) / 6, MOST));
  }
  const upTo = (k: number) => 1 - gammaBelow(k + 1, rate);
  return quantile({ mean: rate, deviation: Math.sqrt(rate), none: Math.exp(-rate), ratio: (k) => rate / k, upTo }, u);
};

/** Returns the count of a negative binomial of this mean and r at u. */
export const negativeBinomialAt = (mean: number, r: number, u: number): number => {
  const own = Math.min(mean, MOST);
  if (!(own > 0)) return 0;
  // Of an r as large as this it is a Poisson distribution to seven digits of its variance.
  if (r > 1e7 * own) return poissonAt(own, u);
  const share = own / (r + own);
  const none = Math.exp(-r * Math.log1p(own / r));
  const upTo = (k: number) => betaBelow(r, k + 1, 1 - share);
  const deviation = Math.sqrt(own + (own * own) / r);
  return quantile({ mean: own, deviation, none, ratio: (k) => (share * (k - 1 + r)) / k, upTo }, u);
};

/** Returns how many of n are counted at u, each with probability p. */
export const binomialAt = (n: number, p: number, u: number): number => {
  if (!(n > 0) || !(p > 0)) return 0;
  if (p >= 1) return n;
  if (p > 0.5) return n - binomialAt(n, 1 - p, 1 - u);
  const odds = p / (1 - p);
  const upTo = (k: number) => (k >= n ? 1 : 1 - betaBelow(k + 1, n - k, p));
  const deviation = Math.sqrt(n * p * (1 - p));
  const none = Math.exp(n * Math.log1p(-p));
  return Math.min(n, quantile({ mean: n * p, deviation, none, ratio: (k) => ((n - k + 1) / k) * odds, upTo }, u));
};
