import type { Grouping, Marked, Parameters, Target } from '../dsl/target.ts';
import type { Tensor } from '../dsl/tensor.ts';
import { log } from '../layers/activations.ts';
import { add, div, maximum, minimum, mul, sub } from '../layers/arithmetic.ts';
import { abs, log1p } from '../layers/elementary.ts';
import { stirlingError } from '../layers/lgamma.ts';
import type { Shape } from '../shape/shape.ts';
import { rule, scale as scaleRule } from '../values/rules.ts';
import { accept, given, numbers, parse, type Args, type Grouped, type Headed, type Numeric } from './arguments.ts';
import { rate } from './bounded.ts';
import { logGamma } from './data/special.ts';
import { inverse, scaled, SCALE_OPTIONS, scaleOf, type LearnedScaleOptions, type ScaleOptions } from './scale.ts';

/** Degrees of freedom that are fixed, 4 by default, or learned for each element: 1 + e^logFreedom. */
interface Fixed {
  readonly freedom?: number;
}
interface Learned {
  readonly freedom: 'learned';
}

/** Options of a Student's t target: its scale, fixed or learned, and its degrees of freedom. */
export type StudentTOptions = (ScaleOptions | LearnedScaleOptions) & (Fixed | Learned);

/**
 * Declares a target of real numbers with noise of Student's t distribution, whose few degrees of freedom ν make it
 * robust: an outlier costs ln |y| instead of y². With a fixed scale s and fixed `freedom` the decoder returns the mean
 * (for ν ≤ 1, the median); with `scale: 'learned'` also `logScale`, and with `freedom: 'learned'` also `logFreedom`.
 * −log p(y) = ½·(ν + 1)·ln(1 + (y − mean)²/(ν·s²)) + ln s + ½·ln(ν·π) + ln Γ(½·ν) − ln Γ(½·(ν + 1)), in nats.
 *
 * @example
 * ```ts
 * import { studentT } from 'cvae-compile';
 *
 * console.log(studentT(9, { freedom: 4 }).parameters); // { mean: [9] }
 * console.log(studentT(9, { scale: 'learned' }).parameters); // { mean: [9], logScale: [9] }
 * ```
 */
export function studentT<const S extends Shape>(...shape: S): Numeric<S, 'mean'>;
export function studentT<
  const S extends Shape,
  P extends Grouping = 'element',
  const M extends boolean | string = false,
>(
  ...args: readonly [...shape: S, options: Grouped<LearnedScaleOptions & Learned, P, M>]
): Headed<S, 'mean' | 'logScale' | 'logFreedom', P> & Marked<M>;
export function studentT<
  const S extends Shape,
  P extends Grouping = 'element',
  const M extends boolean | string = false,
>(
  ...args: readonly [...shape: S, options: Grouped<LearnedScaleOptions & Fixed, P, M>]
): Headed<S, 'mean' | 'logScale', P> & Marked<M>;
export function studentT<
  const S extends Shape,
  P extends Grouping = 'element',
  const M extends boolean | string = false,
>(
  ...args: readonly [...shape: S, options: Grouped<ScaleOptions & Learned, P, M>]
): Headed<S, 'mean' | 'logFreedom', P> & Marked<M>;
export function studentT<
  const S extends Shape,
  P extends Grouping = 'element',
  const M extends boolean | string = false,
>(...args: readonly [...shape: S, options: Grouped<ScaleOptions & Fixed, P, M>]): Numeric<S, 'mean', P> & Marked<M>;
export function studentT(...args: Args<StudentTOptions>): Target<number[], never, ArrayLike<number>> {
  const { shape, options } = parse<StudentTOptions>('studentT', args, OPTIONS);
  const { freedom = 4 } = options;
  const scale = scaleOf('studentT', shape, options);
  const { outputs, mean, ...location } = scaled(shape, scale);
  const isLearned = freedom === 'learned';
  const degrees = (p: Parameters) => add(rate(given(p, 'logFreedom')).value, 1);
  return {
    ...numbers('studentT', shape, options),
    shape,
    distribution: 'studentT',
    scalable: true,
    ...location,
    ...(isLearned ? {} : { settings: { freedom } }),
    ...((outputs || isLearned) && { outputs: { ...outputs, ...(isLearned && { freedom: shape }) } }),
    parameters: { mean: shape, ...scale.parameters, ...(isLearned && { logFreedom: shape }) },
    mean: (p) => ({ ...mean(p), ...(isLearned && { freedom: degrees(p) }) }),
    nll: (p, y) => {
      const own = scale.log(p);
      const away = mul(abs(sub(y, given(p, 'mean'))), inverse(own));
      return add(isLearned ? learned(away, degrees(p)) : fixed(away, freedom), own);
    },
    refuse: accept,
  };
}

const fixed = (away: Tensor, freedom: number): Tensor => {
  const norm = Math.log(freedom * Math.PI) / 2 + logGamma(freedom / 2) - logGamma((freedom + 1) / 2);
  return add(mul(logOnePlusSquare(mul(away, freedom ** -0.5)), (freedom + 1) / 2), norm);
};

/** The same, with ln Γ as Stirling's formula and its error: ln Γ(½·ν) and ln Γ(½·(ν + 1)) are nearly equal for large ν. */
const learned = (away: Tensor, freedom: Tensor): Tensor => {
  const half = mul(freedom, 0.5);
  const growth = mul(half, log1p(div(0.5, half)));
  const errors = sub(stirlingError(half), stirlingError(add(half, 0.5)));
  const norm = add(sub(errors, growth), (Math.log(2 * Math.PI) + 1) / 2);
  // In two steps: a square of `away` would overflow.
  const u = mul(away, inverse(mul(log(freedom), 0.5)));
  return add(mul(logOnePlusSquare(u), mul(add(freedom, 1), 0.5)), norm);
};

/** Returns ln(1 + u²) for u ≥ 0, also where u² overflows: beyond 1 as 2·ln u + ln(1 + 1/u²). */
const logOnePlusSquare = (u: Tensor): Tensor => {
  const large = maximum(u, 1);
  const small = minimum(u, div(1, large));
  return add(mul(log(large), 2), log1p(mul(small, small)));
};

const OPTIONS = {
  ...SCALE_OPTIONS,
  freedom: rule(
    "'learned' or a number from 1e-37 to 1e37",
    (value) => value === 'learned' || scaleRule().holds(value),
    'give the degrees of freedom, such as 4',
  ),
};
