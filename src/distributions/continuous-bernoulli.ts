import { add, mul, sub } from '../layers/arithmetic.ts';
import { given, numeric, refuse } from './arguments.ts';
import { logSinhc, logSinhcSlope } from './log-sinhc.ts';

/**
 * Declares a target of numbers from 0 to 1, such as grey pixels, with a density: `bernoulli` gives numbers between 0 and
 * 1 no normalised likelihood (Loaiza-Ganem and Cunningham 2019). The decoder returns l, the log-odds of its parameter
 * λ; the density is proportional to e^(l·y), and −log p(y) = ln((e^l − 1)/l) − l·y, in nats.
 *
 * @example
 * ```ts
 * import { continuousBernoulli } from 'cvae-compile';
 *
 * console.log(continuousBernoulli(28, 28, 1).parameters); // { logits: [28, 28, 1] }
 * ```
 */
export const continuousBernoulli = numeric('continuousBernoulli', (shape) => ({
  parameters: { logits: shape },
  outputs: { logOdds: shape },
  mean: (p) => {
    const logits = given(p, 'logits');
    return { y: add(mul(logSinhcSlope(mul(logits, 0.5)), 0.5), 0.5), logOdds: logits };
  },
  // ln((e^l − 1)/l) is ½·l + ln(sinh(½·l)/(½·l)).
  nll: (p, y) => {
    const logits = given(p, 'logits');
    return add(mul(logits, sub(0.5, y)), logSinhc(mul(logits, 0.5)));
  },
  refuse: refuse('sigmoid', 'continuousBernoulli'),
}));
