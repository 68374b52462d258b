import { NUMBER_OPTIONS, type Grouping, type Marked, type Target, type TargetOptions } from '../dsl/target.ts';
import type { Tensor } from '../dsl/tensor.ts';
import { exp, log, relu, sigmoid, softplus } from '../layers/activations.ts';
import { add, div, mul, sub } from '../layers/arithmetic.ts';
import { abs, log1p } from '../layers/elementary.ts';
import { lgamma, stirlingError } from '../layers/lgamma.ts';
import { where } from '../layers/where.ts';
import type { Shape } from '../shape/shape.ts';
import { oneOf } from '../values/rules.ts';
import { accept, given, numbers, parse, type Args, type Grouped, type Headed } from './arguments.ts';
import { positive, rate, type Positive } from './bounded.ts';
import { MAGNITUDE } from './magnitude.ts';
import { zeroInflatedCount } from './zero-inflated-count.ts';

/** Options of a negative binomial target. */
export interface NegativeBinomialOptions extends TargetOptions {
  /** Whether zeros occur beyond those of the negative binomial, with a probability that the decoder gives. */
  readonly zeroInflated?: boolean;
}

/**
 * Declares a target of counts whose variance exceeds their mean μ: it is μ + μ²/r. The decoder returns `logMean`, ln μ,
 * and `logDispersion`, ln r, which may be a `parameter` shared by all examples. −log p(y) = ln Γ(r) + ln y! − ln Γ(y + r)
 * + r·ln((r + μ)/r) + y·ln((r + μ)/μ). With `zeroInflated` it also returns `zeroLogits`, the log-odds of an extra zero, and y's
 * mean is (1 − p)·μ: the likelihood of scVI (Lopez and others 2018), whose names are `rate`, `dispersion`, `dropout`. Networks
 * see ln(1 + y).
 *
 * @example
 * ```ts
 * import { negativeBinomial } from 'cvae-compile';
 *
 * console.log(negativeBinomial(3).parameters); // { logMean: [3], logDispersion: [3] }
 * console.log(negativeBinomial(3, { zeroInflated: true }).parameters); // { logMean: [3], logDispersion: [3], zeroLogits: [3] }
 * ```
 */
export function negativeBinomial<const S extends Shape>(...shape: S): Headed<S, 'logMean' | 'logDispersion'>;
export function negativeBinomial<
  const S extends Shape,
  P extends Grouping = 'element',
  const M extends boolean | string = false,
>(
  ...args: readonly [...shape: S, options: Grouped<NegativeBinomialOptions & { readonly zeroInflated: true }, P, M>]
): Headed<S, 'logMean' | 'logDispersion' | 'zeroLogits', P> & Marked<M>;
export function negativeBinomial<
  const S extends Shape,
  P extends Grouping = 'element',
  const M extends boolean | string = false,
>(
  ...args: readonly [...shape: S, options: Grouped<NegativeBinomialOptions & { readonly zeroInflated?: false }, P, M>]
): Headed<S, 'logMean' | 'logDispersion', P> & Marked<M>;
export function negativeBinomial(...args: Args<NegativeBinomialOptions>): Target<number[], never, ArrayLike<number>> {
  const { shape, options } = parse<NegativeBinomialOptions>('negativeBinomial', args, OPTIONS);
  const parameters = { logMean: shape, logDispersion: shape };
  const common = {
    ...numbers('negativeBinomial', shape, options),
    shape,
    distribution: 'negativeBinomial',
    scalable: false,
    ...MAGNITUDE,
    refuse: accept,
  } as const;
  const of = (p: Readonly<Record<string, Tensor>>) => ({
    mean: rate(given(p, 'logMean')),
    dispersion: positive(given(p, 'logDispersion')),
  });
  if (options.zeroInflated !== true)
    return {
      ...common,
      parameters,
      outputs: { dispersion: shape },
      mean: (p) => {
        const { mean, dispersion } = of(p);
        return { y: mean.value, dispersion: dispersion.value };
      },
      nll: (p, y) => {
        const { mean, dispersion } = of(p);
        return surprise(mean, dispersion, y);
      },
    };
  return {
    ...common,
    parameters: { ...parameters, zeroLogits: shape },
    outputs: { rate: shape, dispersion: shape, zero: shape },
    mean: (p) => {
      const { mean, dispersion } = of(p);
      const zero = given(p, 'zeroLogits');
      return {
        // Of the logarithm, since a probability near 0 is 0 in onnxruntime's Sigmoid.
        y: exp(sub(mean.log, softplus(zero))),
        rate: mean.value,
        dispersion: dispersion.value,
        zero: sigmoid(zero),
      };
    },
    nll: (p, y) => {
      const { mean, dispersion } = of(p);
      return zeroInflatedCount(given(p, 'zeroLogits'), surprise(mean, dispersion, y), y);
    },
  };
}

/**
 * −log p(y) with ln Γ as Stirling's formula and its error, so that large terms cancel before they are computed: where r
 * is large, ln Γ(y + r) − ln Γ(r) would keep no digit in float32. (r + y)·ln((r + μ)/(r + y)) is exact near its zero too.
 */
const surprise = (mean: Positive, r: Positive, y: Tensor): Tensor => {
  const total = add(r.value, y);
  const difference = div(sub(mean.value, y), total);
  const isNear = relu(sub(0.5, abs(difference)));
  const growth = where(isNear, log1p(where(isNear, difference, 0)), log(div(add(r.value, mean.value), total)));
  const spread = mul(log1p(div(y, r.value)), 0.5);
  const errors = sub(stirlingError(r.value), stirlingError(total));
  const count = sub(add(lgamma(add(y, 1)), y), mul(y, mean.log));
  return add(add(count, mul(total, growth)), add(spread, errors));
};

const OPTIONS = {
  ...NUMBER_OPTIONS,
  zeroInflated: oneOf(true, false),
};
