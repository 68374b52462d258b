import { add, mul, sub } from '../layers/arithmetic.ts';
import { lgamma } from '../layers/lgamma.ts';
import { given, numeric, type Inflatable, type NumericTarget } from './arguments.ts';
import { rate } from './bounded.ts';
import { MAGNITUDE } from './magnitude.ts';

/**
 * Declares a target of counts, 0, 1, 2, …, whose variance is their mean. The decoder returns the log-rate l, the mean
 * is e^l (linear in l from 2²⁴ on), and −log p(y) = e^l − y·l + ln y!. Networks see ln(1 + y).
 *
 * @example
 * ```ts
 * import { poisson } from 'cvae-compile';
 *
 * console.log(poisson(3).parameters); // { logRate: [3] }
 * ```
 */
export const poisson = numeric('poisson', (shape) => ({
  parameters: { logRate: shape },
  ...MAGNITUDE,
  mean: (p) => ({ y: rate(given(p, 'logRate')).value }),
  nll: (p, y) => {
    const { value, log } = rate(given(p, 'logRate'));
    return add(sub(value, mul(y, log)), lgamma(add(y, 1)));
  },
})) as NumericTarget<'logRate', Inflatable>; // `zeroInflated` takes it, which only the type says
