import type { Shape } from '../shape/shape.ts';
import { isText, isWhole, oneOf, rule } from '../values/rules.ts';
import type { Learns } from '../distributions/data/learns.ts';
import type { DistributionName } from '../distributions/data/table.ts';
import type { Tensor } from './tensor.ts';
import type { Variable } from './variables.ts';

/** How a target is displayed, and which of its elements count. */
export interface TargetOptions {
  /** The shape in which to display the target as an image, [height, width, channels], if its own shape is not one. */
  readonly image?: readonly [height: number, width: number, channels: number];
  /**
   * Whether each example comes with a mask of the target's elements. An element with 1 counts; one with 0 is given or
   * missing, and adds nothing to the loss. Pictures take elements with 0 from the named condition, or leave them black
   * if `true`.
   */
  readonly mask?: boolean | string;
}

/**
 * Which elements belong together, for a mixture: each is by itself, or all of the last axis are (the coordinates of a
 * point, the channels of a pixel), or all of an example.
 */
export type Grouping = 'element' | 'place' | 'example';

/** An option of likelihoods of numbers. */
export interface GroupingOption<P extends Grouping = Grouping> {
  /** Which elements share a component if this is the likelihood of a `mixture`'s components: `element` by default. */
  readonly per?: P;
}

/** The option `mask`, whose value is kept in the target's type. */
export interface MaskOption<M extends boolean | string = boolean | string> {
  readonly mask?: M;
}

/** A target with `mask` in its type, if its options have one. */
export type Marked<M> = M extends string | true ? { readonly mask: M } : unknown;

/** A target with `mask` in its type, if another has it. */
export type MarkedLike<T> = T extends { readonly mask: infer M extends string | true } ? { readonly mask: M } : unknown;

/** Rules for these options. */
export const TARGET_OPTIONS = {
  image: rule(
    '[height, width, channels] with 1 to 4 channels',
    (value) => Array.isArray(value) && value.length === 3 && value.every((n) => isWhole(n)) && Number(value[2]) <= 4,
    'give the shape in which the target is shown, such as [28, 28, 1]',
  ),
  mask: rule(
    "true, false or a condition's name",
    (value) => typeof value === 'boolean' || isText(value),
    'say whether examples come with a mask',
  ),
};

/** Rules for the options of likelihoods of numbers. */
export const NUMBER_OPTIONS = { ...TARGET_OPTIONS, per: oneOf('element', 'place', 'example') };

/** The parameters of a target's distribution, by name: the decoder's output. */
export type Parameters = Readonly<Record<string, Tensor>>;

/** What files return: y's mean, and by name whatever else is needed to draw y, such as `logVar` if it is learned. */
export interface Decoded {
  readonly y: Tensor;
  readonly [name: string]: Tensor;
}

/** The distributions of noise, which name the inputs that take it. */
export type NoiseKind = 'normal' | 'uniform';

/** How layers draw y. */
export interface Draws {
  readonly noises: readonly NoiseKind[];
  value(parameters: Parameters, noise: Readonly<Partial<Record<NoiseKind, Tensor>>>): Tensor;
}

/**
 * A target and its distribution. `Out` is the type that its decoder must return. Mean and negative log-likelihood are
 * layers, so they train, evaluate and export like any other.
 */
export interface Target<S extends Shape = Shape, Out = unknown, V = unknown> extends Variable<S, V> {
  readonly distribution: DistributionName;
  /** The name of a custom distribution. */
  readonly named?: string;
  /** Shapes of the distribution's parameters; a decoder that returns one tensor returns the first. */
  readonly parameters: Readonly<Record<string, Shape>>;
  /** The normal's standard deviation if it is fixed, in the units the network sees. */
  readonly sigma?: number;
  /** The lower bound of a learned standard deviation or scale, in the units the network sees. */
  readonly floor?: number;
  /** The scale of a Laplace or Student's t if it is fixed, in the units the network sees. */
  readonly scale?: number;
  /** Which values y of a custom distribution has: real numbers if it is left out. */
  readonly values?: 'positive' | 'unit' | 'counts';
  /** Which elements share a mixture's component. */
  readonly per?: Grouping;
  /** Whether −log p is of the example as a whole, so that no element of it can be left out. */
  readonly joint?: true;
  /** The likelihood of a mixture's components, or that of numbers other than 0. */
  readonly of?: Target;
  /** Further numbers that checking and drawing values need, by their names in files, such as `freedom`. */
  readonly settings?: Readonly<Record<string, number>>;
  /** A value for elements that a mask leaves out, if 0 is none that y could have. */
  readonly placeholder?: number;
  /** Several targets by name, if this stands for them: y is theirs, each flat, one after another. */
  readonly targets?: Readonly<Record<string, Target>>;
  /** Shapes of what `mean` returns besides `y` and `logVar`. */
  readonly outputs?: Readonly<Record<string, Shape>>;
  readonly image?: readonly [height: number, width: number, channels: number];
  readonly mask?: boolean | string;
  /** Whether data may be standardised: the network then sees (y − mean) / standard deviation. */
  readonly scalable: boolean;
  /** Returns y as networks see it, if that is neither y itself nor y standardised, such as ln(1 + y). */
  seen?(y: Tensor): Tensor;
  /** Returns the y, at least 0, that networks see as this value: a decoder of steps is given its start as networks see it. */
  unseen?(x: Tensor): Tensor;
  /** Returns what files return for the decoder's parameters: y's mean, and by name whatever else a draw needs. */
  mean(parameters: Parameters): Decoded;
  /**
   * Returns the outputs of `mean` in the data's units, in which y is y·deviation + mean. Without it, `y` and `logVar`
   * are converted, and the others are numbers without a unit.
   */
  inUnits?(decoded: Decoded, scaling: { readonly mean: Tensor; readonly deviation: Tensor }): Decoded;
  /**
   * Returns −log p(y|parameters) in nats, for each element, or of fewer axes if for several together, of shape [] for the
   * whole example; for `squaredError`, the squared difference. If not for each element, it must itself leave out the
   * elements where the mask is 0.
   */
  nll(parameters: Parameters, y: Tensor, mask?: Tensor): Tensor;
  /** The index of the class after which nothing follows, for a sequence of classes; only decoders of `steps` have an end. */
  readonly end?: number;
  /** Returns the target of a single step, if `mean` depends on y's shape. */
  step?(): Target;
  /** How layers draw y: from parameters and noise of y's shape, of one kind or of both, by its name. */
  readonly draws?: Draws;
  /** What training learns of the data for it, before it begins; kept as tables under the name of the variable. */
  readonly learns?: Learns;
  /** Returns the same target with the tables of the variable of this name: as declared, a target has those of `y`. */
  under?(variable: string): Target;
  /**
   * Returns −log p from logits if y is a blend, as at a smaller scale: for each element, or for each place with its
   * classes.
   */
  blended?(logits: Tensor, y: Tensor): Tensor;
  /** Returns the loss of predictions at other scales: one number for each example, in nats. */
  auxiliary?(parameters: Parameters, y: Tensor): Tensor<[]>;
  /** Returns a sentence describing the problem if a decoder must not end in this op; otherwise undefined. */
  refuse(lastOp: string): string | undefined;
  /** Exists only as a type: the decoder's return type. */
  readonly '~out'?: Out;
}

/** The type that a target's decoder returns. */
export type OutputOf<T> = T extends { readonly '~out'?: infer Out } ? Out : never;
