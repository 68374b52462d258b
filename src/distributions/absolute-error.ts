import { sub } from '../layers/arithmetic.ts';
import { abs } from '../layers/elementary.ts';
import { given, numeric, type NumericTarget, type Unnormalised } from './arguments.ts';

/**
 * Declares a target without a distribution: its loss is the sum of absolute differences (L1), which outliers dominate
 * less than squares. It is unnormalised, so losses are not in nats, and p(y|x,z) cannot be drawn from; `laplace` is the
 * distribution of which it is a part. The decoder returns the median, which files give as y.
 *
 * @example
 * ```ts
 * import { absoluteError } from 'cvae-compile';
 *
 * console.log(absoluteError(64, 64, 3).parameters); // { mean: [64, 64, 3] }
 * ```
 */
export const absoluteError: NumericTarget<'mean', Unnormalised> = numeric('absoluteError', (shape) => ({
  parameters: { mean: shape },
  mean: (p) => ({ y: given(p, 'mean') }),
  nll: (p, y) => abs(sub(y, given(p, 'mean'))),
})) as NumericTarget<'mean', Unnormalised>; // `mixture` and `hurdle` refuse it, which only the type says
