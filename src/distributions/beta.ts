import { log, sigmoid, softplus } from '../layers/activations.ts';
import { add, mul, sub } from '../layers/arithmetic.ts';
import { log1p } from '../layers/elementary.ts';
import { stirlingError } from '../layers/lgamma.ts';
import { given, headed } from './arguments.ts';
import { positive } from './bounded.ts';

const HALF_LOG_2_PI = Math.log(2 * Math.PI) / 2;

/**
 * Declares a target of shares, numbers strictly between 0 and 1. The decoder returns `logAlpha` and `logBeta`, the
 * logarithms of α and β; the mean is α/(α + β), and −log p(y) = ln B(α, β) − (α − 1)·ln y − (β − 1)·ln(1 − y), in nats.
 *
 * @example
 * ```ts
 * import { beta } from 'cvae-compile';
 *
 * console.log(beta(3).parameters); // { logAlpha: [3], logBeta: [3] }
 * ```
 */
export const beta = headed<'logAlpha' | 'logBeta'>('beta', (shape) => ({
  parameters: { logAlpha: shape, logBeta: shape },
  outputs: { alpha: shape, beta: shape },
  placeholder: 0.5,
  mean: (p) => {
    const [a, b] = [positive(given(p, 'logAlpha')), positive(given(p, 'logBeta'))];
    return { y: sigmoid(sub(a.log, b.log)), alpha: a.value, beta: b.value };
  },
  nll: (p, y) => {
    const [a, b] = [positive(given(p, 'logAlpha')), positive(given(p, 'logBeta'))];
    const ratio = sub(a.log, b.log);
    const [toA, toB] = [softplus(mul(ratio, -1)), softplus(ratio)]; // −ln of the mean, and of 1 less the mean
    const [one, other] = [log(y), log1p(mul(y, -1))];
    // ln Γ as Stirling's formula and its error: what is large cancels before it is computed.
    const errors = sub(add(stirlingError(a.value), stirlingError(b.value)), stirlingError(add(a.value, b.value)));
    const away = mul(add(mul(a.value, add(toA, one)), mul(b.value, add(toB, other))), -1);
    const norm = add(mul(sub(toB, a.log), 0.5), errors);
    return add(add(away, add(one, other)), add(norm, HALF_LOG_2_PI));
  },
}));
