import type { Tensor } from '../dsl/tensor.ts';
import { softplus } from '../layers/activations.ts';
import { add, maximum, mul } from '../layers/arithmetic.ts';
import { abs, sign } from '../layers/elementary.ts';
import { where } from '../layers/where.ts';

/**
 * Returns −log p(y) of counts with extra zeros: with log-odds l of an extra zero, p(0) = σ(l) + (1 − σ(l))·f(0), and p(y) =
 * (1 − σ(l))·f(y) otherwise, where `own` is −log f(y).
 */
export const zeroInflatedCount = (l: Tensor, own: Tensor, y: Tensor): Tensor => {
  // −log(1 − σ(l)) is softplus(l), and −log p(0) is softplus(l) − log(e^l + e^−own).
  const either = add(maximum(l, mul(own, -1)), softplus(mul(abs(add(l, own)), -1)));
  return add(softplus(l), where(sign(y), own, mul(either, -1)));
};
