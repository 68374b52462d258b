import type { Target, TargetOptions } from '../dsl/target.ts';
import type { Tensor } from '../dsl/tensor.ts';
import { softplus, sigmoid } from '../layers/activations.ts';
import { mul, sub } from '../layers/arithmetic.ts';
import type { Shape } from '../shape/shape.ts';
import { given, numbers, parse, refuse, type Args, type Numeric } from './arguments.ts';

/**
 * Values from 0 to 1, each the chance of a coin (grey pixels, or 0 and 1): the decoder gives log-odds l, the mean is
 * sigmoid(l), and −log p(y) = softplus(l) − y·l.
 */
export function bernoulli<const S extends Shape>(...shape: S): Numeric<S>;
export function bernoulli<const S extends Shape>(...args: readonly [...shape: S, options: TargetOptions]): Numeric<S>;
export function bernoulli(...args: Args<TargetOptions>): Target<number[], Tensor<number[]>, ArrayLike<number>> {
  const { shape, options } = parse('bernoulli', args);
  return {
    ...numbers('bernoulli', shape, options),
    shape,
    distribution: 'bernoulli',
    parameters: { logits: shape },
    scalable: false,
    mean: (p) => ({ y: sigmoid(given(p, 'logits')) }),
    nll: (p, y) => surprise(given(p, 'logits'), y),
    blended: surprise,
    refuse: refuse('sigmoid', 'bernoulli'),
  };
}

/** softplus(l) − y·l, in nats; y may be any number from 0 to 1. */
const surprise = (logits: Tensor, y: Tensor): Tensor => sub(softplus(logits), mul(y, logits));
