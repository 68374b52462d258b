import type { Tensor } from '../dsl/tensor.ts';
import { softplus, sigmoid } from '../layers/activations.ts';
import { mul, sub } from '../layers/arithmetic.ts';
import { given, numeric, refuse } from './arguments.ts';

/**
 * Declares a target of values from 0 to 1, each the probability of a 1 (grey pixels, or 0 and 1). The decoder returns
 * log-odds l, the mean is sigmoid(l), and −log p(y) = softplus(l) − y·l.
 *
 * @example
 * ```ts
 * import { bernoulli } from 'cvae-compile';
 *
 * const target = bernoulli(784, { image: [28, 28, 1] }); // shown as an image
 * console.log(target.parameters); // { logits: [784] }
 * ```
 */
export const bernoulli = numeric('bernoulli', (shape) => ({
  parameters: { logits: shape },
  mean: (p) => ({ y: sigmoid(given(p, 'logits')) }),
  nll: (p, y) => surprise(given(p, 'logits'), y),
  blended: surprise,
  refuse: refuse('sigmoid', 'bernoulli'),
}));

/** Returns softplus(l) − y·l, in nats; y may be any number from 0 to 1. */
const surprise = (logits: Tensor, y: Tensor): Tensor => sub(softplus(logits), mul(y, logits));
