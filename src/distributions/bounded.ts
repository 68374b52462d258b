import type { Tensor } from '../dsl/tensor.ts';
import { exp, relu, softplus } from '../layers/activations.ts';
import { add, minimum, sub } from '../layers/arithmetic.ts';
import { log1p } from '../layers/elementary.ts';

/** A positive number and its logarithm, which are computed together so that they agree. */
export interface Positive {
  readonly value: Tensor;
  readonly log: Tensor;
}

/** The logarithm of 2²⁴, beyond which float32 does not hold every whole number. */
const MOST = 24 * Math.LN2;
/** The logarithm of 1e30, for amounts of any unit. */
export const AMOUNTS = 30 * Math.LN10;
/** The logarithm below which a number that must not be 0 hardly falls: e⁻¹⁶ is 1e-7. */
const LEAST = -16;

/**
 * Returns e^l of a logarithm that a decoder gives. From `most` on, 2²⁴ by default, it grows linearly, as 2²⁴·(1 + l − ln
 * 2²⁴), so that neither it nor its gradient overflows while a network learns.
 */
export const rate = (l: Tensor, most = MOST): Positive => {
  const log = add(minimum(l, most), log1p(relu(sub(l, most))));
  return { value: exp(log), log };
};

/** Like `rate`, but e^l + 1e-7, for a number that must not be 0. */
export const positive = (l: Tensor): Positive => {
  const log = add(add(softplus(sub(minimum(l, MOST), LEAST)), LEAST), log1p(relu(sub(l, MOST))));
  return { value: exp(log), log };
};
