import { NUMBER_OPTIONS, type Parameters, type Target, type TargetOptions } from '../dsl/target.ts';
import type { Tensor } from '../dsl/tensor.ts';
import { InvalidModel } from '../errors.ts';
import { exp, softplus } from '../layers/activations.ts';
import { add, mul, sub } from '../layers/arithmetic.ts';
import type { Shape } from '../shape/shape.ts';
import { rule, scale, type Rules } from '../values/rules.ts';
import { given } from './arguments.ts';

/** Options of a target with a fixed scale, 1 by default, in the units the network sees. */
export interface ScaleOptions extends TargetOptions {
  readonly scale?: number;
}

/** Options of a target whose scale is learned for each element, and never falls below `floor` (1e-3 by default). */
export interface LearnedScaleOptions extends TargetOptions {
  readonly scale: 'learned';
  readonly floor?: number;
}

/** Rules for these options. */
export const SCALE_OPTIONS: Rules = {
  ...NUMBER_OPTIONS,
  scale: rule(
    "'learned' or a number from 1e-37 to 1e37",
    (value) => value === 'learned' || scale().holds(value),
    'give the scale of the noise',
  ),
  floor: scale('give what the learned scale does not fall below'),
};

/** The scale of a target: its parameter and its members, if it is learned, and its logarithm. */
export interface Scale {
  readonly parameters: { readonly logScale?: Shape };
  readonly members: { readonly scale: number } | { readonly floor: number };
  /** Returns ln of the scale: a number if it is fixed. */
  log(parameters: Parameters): Tensor | number;
}

/** Returns the scale that these options describe. @throws InvalidModel for a floor of a fixed scale. */
export const scaleOf = (name: string, shape: Shape, options: Partial<ScaleOptions | LearnedScaleOptions>): Scale => {
  const { scale: chosen = 1 } = options;
  if (chosen === 'learned') {
    const floor = 'floor' in options ? (options.floor ?? 1e-3) : 1e-3;
    // log(e^l + floor), which does not overflow.
    const least = Math.log(floor);
    return {
      parameters: { logScale: shape },
      members: { floor },
      log: (p) => add(softplus(sub(given(p, 'logScale'), least)), least),
    };
  }
  if ('floor' in options && options.floor !== undefined)
    throw new InvalidModel(
      `${name}: expected options that have an effect, got floor with a fixed scale; leave it out, or give scale: 'learned'`,
    );
  return { parameters: {}, members: { scale: chosen }, log: () => Math.log(chosen) };
};

/** Returns 1/b from ln b. */
export const inverse = (log: Tensor | number): Tensor | number =>
  typeof log === 'number' ? Math.exp(-log) : exp(mul(log, -1));

/** Returns the members of a target of a location, `mean`, and a scale: what files return, in any unit. */
export const scaled = (
  shape: Shape,
  { members, parameters, log }: Scale,
): Pick<Target, 'mean' | 'inUnits' | 'outputs' | 'scale' | 'floor'> => ({
  ...members,
  ...(parameters.logScale && { outputs: { scale: shape } }),
  mean: (p) => {
    const own = log(p);
    return { y: given(p, 'mean'), ...(typeof own !== 'number' && { scale: exp(own) }) };
  },
  inUnits: ({ y, scale, ...more }, { mean, deviation }) => ({
    ...more,
    y: add(mul(y, deviation), mean),
    ...(scale && { scale: mul(scale, deviation) }),
  }),
});
