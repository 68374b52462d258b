import { checkCall } from '../dsl/check-arguments.ts';
import {
  NUMBER_OPTIONS,
  type Grouping,
  type GroupingOption,
  type Marked,
  type MaskOption,
  type Parameters,
  type Target,
  type TargetOptions,
} from '../dsl/target.ts';
import type { Tensor } from '../dsl/tensor.ts';
import { InvalidModel } from '../errors.ts';
import type { Shape, ShapeError } from '../shape/shape.ts';
import { size } from '../shape/size.ts';
import { dimensions, isPlain, rule, type Rule, type Rules } from '../values/rules.ts';
import { DISTRIBUTIONS, type DistributionName } from './data/table.ts';

/** A shape's dimensions, followed by options. */
export type Args<O> = readonly (number | O)[];

/**
 * Returns a target's dimensions and options. @throws InvalidModel for impossible dimensions, and unknown or meaningless
 * options.
 */
export const parse = <O extends object>(
  name: string,
  args: Args<O>,
  options: Rules = NUMBER_OPTIONS,
): { shape: number[]; options: Partial<O> } => {
  checkCall(name, { rest: dimensions, options }, args);
  return {
    shape: args.filter((a) => typeof a === 'number'),
    options: args.find((a) => typeof a === 'object') ?? {},
  };
};

/** Returns the decoder's output of this name; `checkOutputs` has ensured that it exists. */
export const given = (parameters: Parameters, name: string): Tensor => {
  const x = parameters[name];
  if (!x) throw new Error(`the decoder gave no ${name}`);
  return x;
};

/** Returns the members that all targets of numbers share. */
export function numbers(name: string, shape: readonly number[], options: Partial<TargetOptions & GroupingOption>) {
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
    ...(options.per !== undefined && { per: options.per }),
  };
}

/** Accepts any last layer of a decoder. */
export const accept = (): undefined => undefined;

/** Rejects a decoder that ends in this layer, which the distribution applies itself. */
export const refuse = (op: string, distribution: string) => (lastOp: string) =>
  lastOp === op
    ? `expected log-odds for a ${distribution} target, got a last ${op}; leave it out, the distribution has its own`
    : undefined;

/** What a mixture must know of its components' type: the names of their parameters, and which elements share one. */
export interface Component<K extends string, P extends Grouping> {
  /** Both exist only as types. */
  readonly '~names'?: K;
  readonly '~per'?: P;
}

/** Marks the type of a likelihood that `zeroInflated` takes: of positive numbers, or of counts. */
export interface Inflatable {
  /** Exists only as a type. */
  readonly '~inflatable'?: true;
}

/** An error unless `zeroInflated` takes the likelihood; of a type that says too little it is checked at run time. */
export type IsInflatable<T> = '~names' extends keyof T
  ? '~inflatable' extends keyof T
    ? unknown
    : ShapeError<'zeroInflated: expected a likelihood of positive numbers or of counts; give logNormal, gamma or poisson'>
  : unknown;

/** Marks the type of a sum of errors, which is no likelihood. */
export interface Unnormalised {
  /** Exists only as a type. */
  readonly '~unnormalised'?: true;
}

/** An error for a sum of errors, from which nothing can be drawn; `where` takes a likelihood. */
export type IsNormalised<T, Where extends string> = '~unnormalised' extends keyof T
  ? ShapeError<`${Where}: expected a likelihood, got a sum of errors; give one such as normal(3)`>
  : unknown;

/** An error for classes, which have no components. */
export type IsMixable<T> = T extends { readonly '~value'?: infer V }
  ? number extends V
    ? ShapeError<'mixture: expected a likelihood of independent numbers, got classes; give one such as normal(3)'>
    : unknown
  : unknown;

/** A target of numbers. Its methods have the inputs and outputs that its distribution defines. */
export type Numeric<S extends Shape, K extends string = string, P extends Grouping = 'element'> = Target<
  [...S],
  Tensor<[...S]>,
  ArrayLike<number>
> &
  Component<K, P>;

/** A target of numbers whose decoder returns several tensors of its shape, by name. */
export type Headed<S extends Shape, K extends string, P extends Grouping = 'element'> = Target<
  [...S],
  { readonly [Name in K]: Tensor<[...S]> },
  ArrayLike<number>
> &
  Component<K, P>;

/** Options with `per` and `mask`, whose values are kept in the target's type. */
export type Grouped<O, P extends Grouping, M extends boolean | string = boolean | string> = Omit<O, 'mask'> &
  GroupingOption<P> &
  MaskOption<M>;

/** A function that creates a target of numbers from its dimensions, followed by options. */
export interface NumericTarget<K extends string = string, More = unknown> {
  <const S extends Shape>(...shape: S): Numeric<S, K> & More;
  <const S extends Shape, P extends Grouping = 'element', const M extends boolean | string = false>(
    ...args: readonly [...shape: S, options: Grouped<TargetOptions, P, M>]
  ): Numeric<S, K, P> & More & Marked<M>;
}

/** The same of a target whose decoder returns several tensors, by name. */
export interface HeadedTarget<K extends string, More = unknown> {
  <const S extends Shape>(...shape: S): Headed<S, K> & More;
  <const S extends Shape, P extends Grouping = 'element', const M extends boolean | string = false>(
    ...args: readonly [...shape: S, options: Grouped<TargetOptions, P, M>]
  ): Headed<S, K, P> & More & Marked<M>;
}

/** The members that define a likelihood of numbers, for a shape of y. */
type Likelihood = Pick<Target, 'parameters' | 'mean' | 'nll'> &
  Partial<Pick<Target, 'outputs' | 'inUnits' | 'placeholder' | 'seen' | 'unseen' | 'blended' | 'refuse'>>;

/** What is known of a likelihood by its name. */
const shared = (name: DistributionName) =>
  ({ distribution: name, scalable: DISTRIBUTIONS[name].scalable, refuse: accept }) as const;

/**
 * Returns a function that creates a target of numbers with the options common to all targets. Its decoder returns one
 * tensor, the first of the parameters.
 */
export const numeric = <K extends string>(
  name: DistributionName,
  likelihood: (shape: Shape) => Likelihood & { readonly parameters: Readonly<Record<K, Shape>> },
): NumericTarget<K> =>
  function (...args: Args<TargetOptions & GroupingOption>): Numeric<number[], K, never> {
    const { shape, options } = parse(name, args);
    return { ...numbers(name, shape, options), ...shared(name), ...likelihood(shape), shape };
  };

/** The same for a likelihood whose decoder returns several tensors, of y's shape and of these names. */
export const headed = <K extends string>(
  name: DistributionName,
  likelihood: (shape: Shape) => Likelihood & { readonly parameters: Readonly<Record<K, Shape>> },
): HeadedTarget<K> =>
  function (...args: Args<TargetOptions & GroupingOption>): Target<number[], never, ArrayLike<number>> {
    const { shape, options } = parse(name, args);
    return { ...numbers(name, shape, options), ...shared(name), ...likelihood(shape), shape };
  };

/** The rule of an argument that is a target. */
export const targetRule = (remedy: string): Rule =>
  rule('a target', (value) => isPlain(value) && 'distribution' in value, remedy);

/** Returns parameters without one: those of the likelihood inside. */
export const without = (parameters: Parameters, other: string): Parameters =>
  Object.fromEntries(Object.entries(parameters).filter(([name]) => name !== other));
