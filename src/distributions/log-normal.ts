import type { Grouping, Marked, Target } from '../dsl/target.ts';
import { exp, log } from '../layers/activations.ts';
import { add, minimum, mul } from '../layers/arithmetic.ts';
import type { Shape } from '../shape/shape.ts';
import {
  accept,
  given,
  numbers,
  parse,
  type Args,
  type Grouped,
  type Headed,
  type Inflatable,
  type Numeric,
} from './arguments.ts';
import { AMOUNTS, rate } from './bounded.ts';
import { MAGNITUDE } from './magnitude.ts';
import { NORMAL_OPTIONS, normalNoise, type LearnedNormalOptions, type NormalOptions } from './normal.ts';

/** Options of a log-normal target: `sigma`, the standard deviation of ln y, is learned unless it is given. */
export type LogNormalOptions = NormalOptions & { readonly sigma: number };
/** Options of a log-normal target with a learned `sigma`, which never falls below `floor` (1e-3 by default). */
export type LearnedLogNormalOptions = Partial<LearnedNormalOptions>;

/**
 * Declares a target of positive numbers whose logarithm is normal, such as amounts and concentrations. The decoder
 * returns `mean` and `logVar` of ln y, as `gaussian(n)` gives them, or with a fixed `sigma` the mean only. −log p(y) is
 * the normal's of ln y, plus ln y, in nats; y's mean is e^(mean + ½·σ²). The unit of y matters: ln y is not standardised,
 * and networks see ln(1 + y).
 *
 * @example
 * ```ts
 * import { logNormal } from 'cvae-compile';
 *
 * console.log(logNormal(3).parameters); // { mean: [3], logVar: [3] }
 * console.log(logNormal(3, { sigma: 0.5 }).parameters); // { mean: [3] }
 * ```
 */
export function logNormal<const S extends Shape>(...shape: S): Headed<S, 'mean' | 'logVar'> & Inflatable;
export function logNormal<
  const S extends Shape,
  P extends Grouping = 'element',
  const M extends boolean | string = false,
>(
  ...args: readonly [...shape: S, options: Grouped<LogNormalOptions, P, M>]
): Numeric<S, 'mean', P> & Inflatable & Marked<M>;
export function logNormal<
  const S extends Shape,
  P extends Grouping = 'element',
  const M extends boolean | string = false,
>(
  ...args: readonly [...shape: S, options: Grouped<LearnedLogNormalOptions, P, M>]
): Headed<S, 'mean' | 'logVar', P> & Inflatable & Marked<M>;
export function logNormal(
  ...args: Args<LogNormalOptions | LearnedLogNormalOptions>
): Target<number[], never, ArrayLike<number>> {
  const { shape, options } = parse<LogNormalOptions | LearnedLogNormalOptions>('logNormal', args, NORMAL_OPTIONS);
  const { mean, nll, ...noise } = normalNoise('logNormal', shape, { sigma: 'learned', ...options });
  return {
    ...numbers('logNormal', shape, options),
    shape,
    distribution: 'logNormal',
    scalable: false,
    placeholder: 1,
    ...MAGNITUDE,
    ...noise,
    outputs: { median: shape },
    mean: (p) => {
      const { logVar } = mean(p);
      const center = given(p, 'mean');
      // Of σ² beyond e⁵ the mean is larger than float32 holds.
      const half = logVar ? mul(exp(minimum(logVar, 5)), 0.5) : (noise.sigma ?? 1) ** 2 / 2;
      return {
        y: rate(add(center, half), AMOUNTS).value,
        median: rate(center, AMOUNTS).value,
        ...(logVar && { logVar }),
      };
    },
    nll: (p, y) => {
      const own = log(y);
      return add(nll(p, own), own);
    },
    refuse: accept,
  };
}
