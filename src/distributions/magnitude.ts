import type { Tensor } from '../dsl/tensor.ts';
import { relu } from '../layers/activations.ts';
import { log1p } from '../layers/elementary.ts';

/**
 * Returns counts or amounts as networks see them, ln(1 + y), which brings several orders of magnitude together. What a mask leaves
 * out may be negative, and is seen as 0 then.
 */
export const magnitude = (y: Tensor): Tensor => log1p(relu(y));
