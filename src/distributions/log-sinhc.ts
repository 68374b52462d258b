import type { Tensor } from '../dsl/tensor.ts';
import { exp, log, relu } from '../layers/activations.ts';
import { add, div, maximum, minimum, mul, sub } from '../layers/arithmetic.ts';
import { abs, log1p, sign } from '../layers/elementary.ts';
import { where } from '../layers/where.ts';

/** Below it a series is used, whose first omitted term is smaller than 3e-9 of the result. */
const SMALL = 0.7;

/** Returns ln(sinh(x)/x), which is 0 at 0 and nearly |x| − ln 2|x| far from it. */
export const logSinhc = (x: Tensor): Tensor => {
  const size = abs(x);
  const near = minimum(size, SMALL);
  const far = maximum(size, SMALL);
  const closed = add(sub(far, log(mul(far, 2))), log1p(mul(exp(mul(far, -2)), -1)));
  const series = mul(square(near), inSquares(near, [1 / 6, -1 / 180, 1 / 2835, -1 / 37_800, 1 / 467_775]));
  return where(relu(sub(SMALL, size)), series, closed);
};

/** Returns its derivative, coth(x) − 1/x: 0 at 0, and ±1 far from it. */
export const logSinhcSlope = (x: Tensor): Tensor => {
  const size = abs(x);
  const near = minimum(size, SMALL);
  const far = maximum(size, SMALL);
  const q = exp(mul(far, -2));
  const closed = sub(div(add(1, q), sub(1, q)), div(1, far));
  const series = mul(near, inSquares(near, [1 / 3, -1 / 45, 2 / 945, -1 / 4725, 2 / 93_555]));
  return mul(sign(x), where(relu(sub(SMALL, size)), series, closed));
};

const square = (x: Tensor): Tensor => mul(x, x);

/** Returns the polynomial of x² with these coefficients, from the constant term up. */
const inSquares = (x: Tensor, coefficients: readonly number[]): Tensor => {
  const [last = 0, next = 0, ...rest] = coefficients.toReversed();
  const squared = square(x);
  return rest.reduce<Tensor>((sum, c) => add(mul(sum, squared), c), add(mul(squared, last), next));
};
