/**
 * Special functions in double precision, for draws. ln Γ by Lanczos' approximation; the incomplete gamma and beta functions by the
 * series and continued fractions of Abramowitz and Stegun, 6.5.29, 6.5.31, 26.5.8, evaluated by Lentz' method.
 */

const LANCZOS = [
  676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
  -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

/** Returns ln Γ(x) for x > 0, with a relative error of about 1e-15. */
export const logGamma = (x: number): number => {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const sum = LANCZOS.reduce((all, c, i) => all + c / (x + i), 0.99999999999980993);
  const t = x + 6.5;
  return Math.log(2 * Math.PI) / 2 + (x - 0.5) * Math.log(t) - t + Math.log(sum);
};

const EXACT = 1e-15;
const TINY = 1e-300;
/** The largest number of terms: enough for parameters of 2²⁴. */
const TERMS = 50_000;

/** Returns P(a, x), the share of a gamma distribution of shape a and scale 1 that lies below x. */
export const gammaBelow = (a: number, x: number): number => {
  if (x <= 0) return 0;
  const scale = Math.exp(a * Math.log(x) - x - logGamma(a));
  if (x < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let n = 1; n < TERMS && term > sum * EXACT; n++) sum += term *= x / (a + n);
    return Math.min(1, sum * scale);
  }
  let b = x + 1 - a;
  let c = 1 / TINY;
  let d = 1 / b;
  let h = d;
  for (let n = 1; n < TERMS; n++) {
    const an = -n * (n - a);
    b += 2;
    d = 1 / bounded(an * d + b);
    c = bounded(b + an / c);
    h *= d * c;
    if (Math.abs(d * c - 1) < EXACT) break;
  }
  return Math.max(0, 1 - scale * h);
};

/** Returns I_x(a, b), the share of a beta distribution that lies below x. */
export const betaBelow = (a: number, b: number, x: number): number => {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const scale = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  if (x < (a + 1) / (a + b + 2)) return (scale * fraction(a, b, x)) / a;
  return 1 - (scale * fraction(b, a, 1 - x)) / b;
};

/** The continued fraction of I_x(a, b). */
const fraction = (a: number, b: number, x: number): number => {
  let c = 1;
  let d = 1 / bounded(1 - ((a + b) * x) / (a + 1));
  let h = d;
  for (let m = 1; m < TERMS; m++) {
    for (const term of [
      (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m)),
      (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1)),
    ]) {
      d = 1 / bounded(1 + term * d);
      c = bounded(1 + term / c);
      h *= d * c;
    }
    if (Math.abs(d * c - 1) < EXACT) break;
  }
  return h;
};

const bounded = (x: number): number => (Math.abs(x) < TINY ? TINY : x);
