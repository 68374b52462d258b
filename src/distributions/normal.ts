import {
  NUMBER_OPTIONS,
  type Grouping,
  type Marked,
  type Parameters,
  type Target,
  type TargetOptions,
} from '../dsl/target.ts';
import type { Tensor } from '../dsl/tensor.ts';
import { InvalidModel } from '../errors.ts';
import { exp, softplus, square } from '../layers/activations.ts';
import { add, mul, sub } from '../layers/arithmetic.ts';
import type { Shape } from '../shape/shape.ts';
import { rule, scale, type Rules } from '../values/rules.ts';
import { accept, given, numbers, parse, type Args, type Grouped, type Component, type Numeric } from './arguments.ts';

const LOG_2_PI = Math.log(2 * Math.PI);

/** Options of a normal target with a fixed standard deviation `sigma`, 1 by default, in the units the network sees. */
export interface NormalOptions extends TargetOptions {
  readonly sigma?: number;
}

/**
 * Options of a normal target whose standard deviation is learned for each element, and never falls below `floor` (1e-3
 * by default).
 */
export interface LearnedNormalOptions extends TargetOptions {
  readonly sigma: 'learned';
  readonly floor?: number;
}

/** Rules for these options. */
export const NORMAL_OPTIONS: Rules = {
  ...NUMBER_OPTIONS,
  sigma: rule(
    "'learned' or a number from 1e-37 to 1e37",
    (value) => value === 'learned' || scale().holds(value),
    'give the standard deviation of the noise',
  ),
  floor: scale('give what the learned standard deviation does not fall below'),
};

/**
 * A target whose decoder returns mean and log-variance: `gaussian(n)` for a vector, otherwise a record of two tensors.
 */
type TwoHeaded<S extends Shape, P extends Grouping> = Target<
  [...S],
  { readonly mean: Tensor<[...S]>; readonly logVar: Tensor<[...S]> },
  ArrayLike<number>
> &
  Component<'mean' | 'logVar', P>;

/**
 * Declares a target of real numbers with normal noise. With a fixed σ the decoder returns the mean; with
 * `sigma: 'learned'` it returns `mean` and `logVar`, and the variance is e^logVar + floor². −log p(y) = ½·(log 2π + log
 * σ² + (y − mean)²/σ²), in nats.
 *
 * @example
 * ```ts
 * import { normal } from 'cvae-compile';
 *
 * console.log(normal(3, { sigma: 0.1 }).parameters); // { mean: [3] }
 * console.log(normal(3, { sigma: 'learned' }).parameters); // { mean: [3], logVar: [3] }
 * ```
 */
export function normal<const S extends Shape>(...shape: S): Numeric<S, 'mean'>;
export function normal<const S extends Shape, P extends Grouping = 'element', const M extends boolean | string = false>(
  ...args: readonly [...shape: S, options: Grouped<LearnedNormalOptions, P, M>]
): TwoHeaded<S, P> & Marked<M>;
export function normal<const S extends Shape, P extends Grouping = 'element', const M extends boolean | string = false>(
  ...args: readonly [...shape: S, options: Grouped<NormalOptions, P, M>]
): Numeric<S, 'mean', P> & Marked<M>;
export function normal(
  ...args: Args<NormalOptions | LearnedNormalOptions>
): Target<number[], never, ArrayLike<number>> {
  const { shape, options } = parse<NormalOptions | LearnedNormalOptions>('normal', args, NORMAL_OPTIONS);
  return {
    ...numbers('normal', shape, options),
    shape,
    distribution: 'normal',
    scalable: true,
    ...normalNoise('normal', shape, options),
    refuse: accept,
  };
}

/** Returns the members of a target with normal noise. @throws InvalidModel for a floor of a fixed σ. */
export const normalNoise = (
  name: string,
  shape: Shape,
  options: Partial<NormalOptions | LearnedNormalOptions>,
): Pick<Target, 'sigma' | 'floor' | 'parameters' | 'mean' | 'nll'> => {
  const { sigma = 1 } = options;
  if (sigma !== 'learned') {
    if ('floor' in options && options.floor !== undefined)
      throw new InvalidModel(
        `${name}: expected options that have an effect, got floor with a fixed sigma; leave it out, or give sigma: 'learned'`,
      );
    const rest = Math.log(sigma) + LOG_2_PI / 2;
    return {
      sigma,
      parameters: { mean: shape },
      mean: (p) => ({ y: given(p, 'mean') }),
      // Scaled before squaring, so that neither σ² nor the square leaves float32's range.
      nll: (p, y) => add(square(mul(sub(y, given(p, 'mean')), Math.SQRT1_2 / sigma)), rest),
    };
  }
  const floor = 'floor' in options ? (options.floor ?? 1e-3) : 1e-3;
  // Computes log(e^v + floor²) as log floor² + softplus(v − log floor²): e^v would overflow float32 from v = 88.7 on.
  const least = 2 * Math.log(floor);
  const logVariance = (p: Parameters) => add(softplus(sub(given(p, 'logVar'), least)), least);
  return {
    floor,
    parameters: { mean: shape, logVar: shape },
    mean: (p) => ({ y: given(p, 'mean'), logVar: logVariance(p) }),
    nll: (p, y) => {
      const logVar = logVariance(p);
      const away = mul(sub(y, given(p, 'mean')), exp(mul(logVar, -0.5)));
      return mul(add(add(logVar, square(away)), LOG_2_PI), 0.5);
    },
  };
};
