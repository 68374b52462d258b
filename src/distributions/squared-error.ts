import type { Target, TargetOptions } from '../dsl/target.ts';
import type { Tensor } from '../dsl/tensor.ts';
import { square } from '../layers/activations.ts';
import { sub } from '../layers/arithmetic.ts';
import type { Shape } from '../shape/shape.ts';
import { accept, given, numbers, parse, type Args, type Numeric } from './arguments.ts';

/**
 * No distribution: the sum of squared differences, as in the article's sample code. It is unnormalised, so losses with it are
 * not in nats, and p(y|x,z) cannot be drawn from. The decoder gives the mean itself.
 */
export function squaredError<const S extends Shape>(...shape: S): Numeric<S>;
export function squaredError<const S extends Shape>(
  ...args: readonly [...shape: S, options: TargetOptions]
): Numeric<S>;
export function squaredError(...args: Args<TargetOptions>): Target<number[], Tensor<number[]>, ArrayLike<number>> {
  const { shape, options } = parse('squaredError', args);
  return {
    ...numbers('squaredError', shape, options),
    shape,
    distribution: 'squaredError',
    parameters: { mean: shape },
    scalable: true,
    mean: (p) => ({ y: given(p, 'mean') }),
    nll: (p, y) => square(sub(y, given(p, 'mean'))),
    refuse: accept,
  };
}
