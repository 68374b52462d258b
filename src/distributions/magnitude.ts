import type { Tensor } from '../dsl/tensor.ts';
import { exp, relu } from '../layers/activations.ts';
import { sub } from '../layers/arithmetic.ts';
import { log1p } from '../layers/elementary.ts';

/**
 * Returns counts or amounts as networks see them, ln(1 + y), which brings several orders of magnitude together. What a mask leaves
 * out may be negative, and is seen as 0 then.
 */
const magnitude = (y: Tensor): Tensor => log1p(relu(y));

/** How networks see counts and amounts, as members of a likelihood: by `magnitude`, and back. */
export const MAGNITUDE = { seen: magnitude, unseen: (x: Tensor): Tensor => sub(exp(x), 1) } as const;
