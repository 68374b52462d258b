import { square } from '../layers/activations.ts';
import { sub } from '../layers/arithmetic.ts';
import { given, numeric, type NumericTarget, type Unnormalised } from './arguments.ts';

/**
 * Declares a target without a distribution: its loss is the sum of squared differences, as in the article's sample
 * code. That is unnormalised, so losses are not in nats, and p(y|x,z) cannot be drawn from. The decoder returns the
 * mean itself.
 *
 * @example
 * ```ts
 * import { squaredError } from 'cvae-compile';
 *
 * console.log(squaredError(28, 28, 1).parameters); // { mean: [28, 28, 1] }
 * ```
 */
export const squaredError: NumericTarget<'mean', Unnormalised> = numeric('squaredError', (shape) => ({
  parameters: { mean: shape },
  mean: (p) => ({ y: given(p, 'mean') }),
  nll: (p, y) => square(sub(y, given(p, 'mean'))),
})) as NumericTarget<'mean', Unnormalised>; // `mixture` and `hurdle` refuse it, which only the type says
