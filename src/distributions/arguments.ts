import { checkCall } from '../dsl/check-arguments.ts';
import { TARGET_OPTIONS, type Parameters, type Target, type TargetOptions } from '../dsl/target.ts';
import type { Tensor } from '../dsl/tensor.ts';
import { InvalidModel } from '../errors.ts';
import type { Shape } from '../shape/shape.ts';
import { size } from '../shape/size.ts';
import { dimensions, type Rules } from '../values/rules.ts';

/** A shape's dimensions, and options after them. */
export type Args<O> = readonly (number | O)[];

/** A target's dimensions and options. @throws InvalidModel for dimensions that cannot be, and unknown or meaningless options. */
export const parse = <O extends object>(
  name: string,
  args: Args<O>,
  options: Rules = TARGET_OPTIONS,
): { shape: number[]; options: Partial<O> } => {
  checkCall(name, { rest: dimensions, options }, args);
  return {
    shape: args.filter((a) => typeof a === 'number'),
    options: args.find((a) => typeof a === 'object') ?? {},
  };
};

/** What the decoder gave under this name; `checkOutputs` has made sure that it is there. */
export const given = (parameters: Parameters, name: string): Tensor => {
  const x = parameters[name];
  if (!x) throw new Error(`the decoder gave no ${name}`);
  return x;
};

/** What all targets of numbers share. */
export function numbers(name: string, shape: readonly number[], options: Partial<TargetOptions>) {
  const [h, w, c, more] = shape;
  const image = options.image ?? (h && w && c && more === undefined ? ([h, w, c] as const) : undefined);
  if (image && size(image) !== size(shape))
    throw new InvalidModel(
      `${name}: expected an image of ${size(shape)} values, as the target, got ${image.join('·')}; correct image`,
    );
  return {
    kind: 'continuous' as const,
    shape,
    dataShape: shape,
    ...(image && { image }),
    ...(options.mask !== undefined && { mask: options.mask }),
  };
}

/** A decoder may end in any layer. */
export const accept = (): undefined => undefined;

/** A decoder must not end in this layer, which the distribution applies itself. */
export const refuse = (op: string, distribution: string) => (lastOp: string) =>
  lastOp === op
    ? `expected log-odds for a ${distribution} target, got a last ${op}; leave it out, the distribution has its own`
    : undefined;

/** A target of numbers from 0 to 1, or near it. Its methods take and give what its own distribution defines. */
export type Numeric<S extends Shape> = Target<[...S], Tensor<[...S]>, ArrayLike<number>>;

/** What makes a target of numbers: its dimensions, and options after them. */
export interface NumericTarget {
  <const S extends Shape>(...shape: S): Numeric<S>;
  <const S extends Shape>(...args: readonly [...shape: S, options: TargetOptions]): Numeric<S>;
}

/** What a likelihood of numbers says of itself, for a shape of y. */
type Likelihood = Pick<Target, 'distribution' | 'parameters' | 'scalable' | 'mean' | 'nll' | 'blended' | 'refuse'>;

/** A likelihood of numbers with the options that all targets have. Its decoder gives one tensor, the first of the parameters. */
export const numeric = (name: string, likelihood: (shape: Shape) => Likelihood): NumericTarget =>
  function (...args: Args<TargetOptions>): Target<number[], Tensor<number[]>, ArrayLike<number>> {
    const { shape, options } = parse(name, args);
    return { ...numbers(name, shape, options), ...likelihood(shape), shape };
  };
