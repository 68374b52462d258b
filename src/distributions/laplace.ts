import type { Grouping, Marked, Target } from '../dsl/target.ts';
import { add, mul, sub } from '../layers/arithmetic.ts';
import { abs } from '../layers/elementary.ts';
import type { Shape } from '../shape/shape.ts';
import { accept, given, numbers, parse, type Args, type Grouped, type Headed, type Numeric } from './arguments.ts';
import { inverse, scaled, SCALE_OPTIONS, scaleOf, type LearnedScaleOptions, type ScaleOptions } from './scale.ts';

/**
 * Declares a target of real numbers with Laplace noise, whose tails are heavier than the normal's: outliers pull the
 * median less than the mean. With a fixed scale b the decoder returns the mean, which is also the median; with `scale:
 * 'learned'` it returns `mean` and `logScale`, and b is e^logScale + floor. −log p(y) = |y − mean|/b + ln 2b, in nats.
 *
 * @example
 * ```ts
 * import { laplace } from 'cvae-compile';
 *
 * console.log(laplace(3, { scale: 0.1 }).parameters); // { mean: [3] }
 * console.log(laplace(3, { scale: 'learned' }).parameters); // { mean: [3], logScale: [3] }
 * ```
 */
export function laplace<const S extends Shape>(...shape: S): Numeric<S, 'mean'>;
export function laplace<
  const S extends Shape,
  P extends Grouping = 'element',
  const M extends boolean | string = false,
>(
  ...args: readonly [...shape: S, options: Grouped<LearnedScaleOptions, P, M>]
): Headed<S, 'mean' | 'logScale', P> & Marked<M>;
export function laplace<
  const S extends Shape,
  P extends Grouping = 'element',
  const M extends boolean | string = false,
>(...args: readonly [...shape: S, options: Grouped<ScaleOptions, P, M>]): Numeric<S, 'mean', P> & Marked<M>;
export function laplace(...args: Args<ScaleOptions | LearnedScaleOptions>): Target<number[], never, ArrayLike<number>> {
  const { shape, options } = parse<ScaleOptions | LearnedScaleOptions>('laplace', args, SCALE_OPTIONS);
  const scale = scaleOf('laplace', shape, options);
  return {
    ...numbers('laplace', shape, options),
    shape,
    distribution: 'laplace',
    scalable: true,
    ...scaled(shape, scale),
    parameters: { mean: shape, ...scale.parameters },
    nll: (p, y) => {
      const log = scale.log(p);
      return add(add(mul(abs(sub(y, given(p, 'mean'))), inverse(log)), log), Math.LN2);
    },
    refuse: accept,
  };
}
