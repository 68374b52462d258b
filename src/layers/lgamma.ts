import { plain } from '../dsl/check-arguments.ts';
import type { Tensor } from '../dsl/tensor.ts';
import type { Shape } from '../shape/shape.ts';
import { log, relu } from './activations.ts';
import { add, div, maximum, minimum, mul, sub } from './arithmetic.ts';
import { where } from './where.ts';

const HALF_LOG_2_PI = Math.log(2 * Math.PI) / 2;

/** From here on Stirling's series is used as it is: its first omitted term is then below 4e-9. */
const LARGE = 4;

/**
 * Logarithm of the gamma function: ln Γ(x), element by element, for x > 0; ln y! is lgamma(y + 1). Its derivative is the
 * digamma function. By Stirling's series; in float32 the relative error is about 1e-6, and near the zeros at 1 and 2
 * the absolute one. PyTorch's `lgamma`, TensorFlow's `math.lgamma`.
 *
 * @example
 * ```ts
 * import { constant, lgamma } from 'cvae-compile';
 *
 * console.log(lgamma(constant([3], 5)).shape); // [3]
 * ```
 */
export const lgamma = plain('lgamma', <S extends Shape>(x: Tensor<S>): Tensor<S> => {
  // An op on two tensors of one shape keeps it.
  const own: Tensor = x;
  return add(sub(add(mul(sub(own, 0.5), log(own)), HALF_LOG_2_PI), own), stirlingError(own)) as Tensor as Tensor<S>;
});

/**
 * Returns the error of Stirling's formula, ln Γ(x) − ((x − ½)·ln x − x + ½·ln 2π), which is between 0 and ½·ln(1/x) +
 * 0.09 and has no large terms that cancel: likelihoods are differences of ln Γ, of which only these errors remain.
 */
export const stirlingError = (x: Tensor): Tensor => {
  const isSmall = relu(sub(LARGE, x));
  // Γ(x) is Γ(x + 4) / (x·(x + 1)·(x + 2)·(x + 3)); every factor as a share of x + 4, so that one logarithm is enough.
  const small = minimum(x, LARGE);
  const moved = add(small, LARGE);
  const shares = [0, 1, 2, 3].map((i) => div(add(small, i), moved)).reduce((product, share) => mul(product, share));
  const rest = sub(sub(mul(sub(small, 0.5), log(div(moved, small))), log(shares)), LARGE);
  return add(series(where(isSmall, moved, maximum(x, LARGE))), where(isSmall, rest, 0));
};

/** 1/(12·x) − 1/(360·x³) + 1/(1260·x⁵) − 1/(1680·x⁷). */
const series = (x: Tensor): Tensor => {
  const r = div(1, x);
  const squared = mul(r, r);
  const inner = sub(1 / 1260, div(squared, 1680));
  return mul(r, sub(1 / 12, mul(squared, sub(1 / 360, mul(squared, inner)))));
};
