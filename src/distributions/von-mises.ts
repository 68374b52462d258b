import type { Tensor } from '../dsl/tensor.ts';
import { log, relu } from '../layers/activations.ts';
import { add, div, maximum, minimum, mul, sub } from '../layers/arithmetic.ts';
import { sin } from '../layers/elementary.ts';
import { where } from '../layers/where.ts';
import { wrapAngle } from '../layers/wrap-angle.ts';
import { given, headed } from './arguments.ts';
import { rate } from './bounded.ts';

const LOG_2_PI = Math.log(2 * Math.PI);

/**
 * Declares a target of angles in radians, such as directions and times of day, which are the same a whole turn on. The
 * decoder returns `mean`, an angle, and `logConcentration`, ln κ, where 1/κ is about the variance if it is small.
 * −log p(y) = ln(2π·I₀(κ)) − κ·cos(y − mean), in nats. Files return the mean in [−π, π), and draws lie there.
 *
 * @example
 * ```ts
 * import { vonMises } from 'cvae-compile';
 *
 * console.log(vonMises(3).parameters); // { mean: [3], logConcentration: [3] }
 * ```
 */
export const vonMises = headed<'mean' | 'logConcentration'>('vonMises', (shape) => ({
  parameters: { mean: shape, logConcentration: shape },
  outputs: { concentration: shape },
  mean: (p) => ({ y: wrapAngle(given(p, 'mean')), concentration: rate(given(p, 'logConcentration')).value }),
  nll: (p, y) => {
    const { value } = rate(given(p, 'logConcentration'));
    // κ − κ·cos d is 2κ·sin² ½d, which is exact for small d too.
    const half = sin(mul(sub(y, given(p, 'mean')), 0.5));
    return add(add(mul(mul(value, 2), mul(half, half)), logBesselRest(value)), LOG_2_PI);
  },
}));

/**
 * Returns ln I₀(κ) − κ for κ ≥ 0: Abramowitz and Stegun, 9.8.1 and 9.8.2, whose errors are below 2e-7.
 */
const logBesselRest = (kappa: Tensor): Tensor => {
  const near = minimum(kappa, BORDER);
  const far = maximum(kappa, BORDER);
  const t = div(near, BORDER);
  const small = sub(log(polynomial(mul(t, t), NEAR)), near);
  const large = sub(log(polynomial(div(BORDER, far), FAR)), mul(log(far), 0.5));
  return where(relu(sub(BORDER, kappa)), small, large);
};

const polynomial = (x: Tensor, coefficients: readonly number[]): Tensor => {
  const [last = 0, next = 0, ...rest] = coefficients.toReversed();
  return rest.reduce<Tensor>((sum, c) => add(mul(sum, x), c), add(mul(x, last), next));
};

const BORDER = 3.75;
const NEAR = [1, 3.5156229, 3.0899424, 1.2067492, 0.2659732, 0.0360768, 0.0045813];
const FAR = [
  0.39894228, 0.01328592, 0.00225319, -0.00157565, 0.00916281, -0.02057706, 0.02635537, -0.01647633, 0.00392377,
];
