import { exp, log } from '../layers/activations.ts';
import { add, maximum, minimum, mul, sub } from '../layers/arithmetic.ts';
import { stirlingError } from '../layers/lgamma.ts';
import { given, headed, type HeadedTarget, type Inflatable } from './arguments.ts';
import { AMOUNTS, positive, rate } from './bounded.ts';
import { MAGNITUDE } from './magnitude.ts';

const HALF_LOG_2_PI = Math.log(2 * Math.PI) / 2;

/** From here on e^t grows linearly: e³⁰ nats are far more than any y that occurs. */
const STEEP = 30;

/**
 * Declares a target of positive numbers, such as durations and amounts, whose standard deviation is proportional to
 * their mean. The decoder returns `logMean`, ln μ, and `logConcentration`, ln α: the deviation is μ/√α. With t = ln(y/μ),
 * −log p(y) = α·(e^t − 1 − t) + ln y + ln Γ(α) − α·ln α + α, in nats. The rate of other libraries is α/μ. Networks see ln(1 + y).
 *
 * @example
 * ```ts
 * import { gamma } from 'cvae-compile';
 *
 * console.log(gamma(3).parameters); // { logMean: [3], logConcentration: [3] }
 * ```
 */
export const gamma: HeadedTarget<'logMean' | 'logConcentration', Inflatable> = headed<'logMean' | 'logConcentration'>(
  'gamma',
  (shape) => ({
    parameters: { logMean: shape, logConcentration: shape },
    outputs: { concentration: shape },
    placeholder: 1,
    ...MAGNITUDE,
    mean: (p) => ({
      y: rate(given(p, 'logMean'), AMOUNTS).value,
      concentration: positive(given(p, 'logConcentration')).value,
    }),
    nll: (p, y) => {
      const alpha = positive(given(p, 'logConcentration'));
      const t = sub(log(y), rate(given(p, 'logMean'), AMOUNTS).log);
      const capped = minimum(t, STEEP);
      const growth = mul(exp(capped), add(maximum(sub(t, STEEP), 0), 1));
      const own = mul(alpha.value, sub(sub(growth, 1), t));
      // ln Γ(α) − α·ln α + α is what is left of Stirling's formula.
      const norm = sub(add(stirlingError(alpha.value), HALF_LOG_2_PI), mul(alpha.log, 0.5));
      return add(add(own, norm), log(y));
    },
  }),
) as HeadedTarget<'logMean' | 'logConcentration', Inflatable>; // `zeroInflated` takes it, which only the type says
