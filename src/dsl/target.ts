import type { Shape } from '../shape/shape.ts';
import { isText, isWhole, rule } from '../values/rules.ts';
import type { DistributionName } from '../distributions/data/names.ts';
import type { Tensor } from './tensor.ts';
import type { Variable } from './variables.ts';

/** How a target is shown, and which of its elements count. */
export interface TargetOptions {
  /** The target as an image of [height, width, channels], where it is not one of its own. */
  readonly image?: readonly [height: number, width: number, channels: number];
  /**
   * Whether each example comes with a mask of the target's elements: 1 counts, 0 is given or missing, adds nothing to the
   * loss and is drawn in pictures from the condition that is named, or left black with `true`.
   */
  readonly mask?: boolean | string;
}

/** What these options may be. */
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

/** The parameters of a target's distribution, by name: what a decoder gives. */
export type Parameters = Readonly<Record<string, Tensor>>;

/**
 * A target and its distribution. `Out` is what a decoder must return for it. Mean and negative log-likelihood are layers,
 * so they train, evaluate and export like any other.
 */
export interface Target<S extends Shape = Shape, Out = unknown, V = unknown> extends Variable<S, V> {
  readonly distribution: DistributionName;
  /** What a distribution of your own is called. */
  readonly named?: string;
  /** Shapes of the distribution's parameters; a decoder that gives one tensor gives the first. */
  readonly parameters: Readonly<Record<string, Shape>>;
  /** The normal's standard deviation, where it is fixed, in the units the network sees. */
  readonly sigma?: number;
  /** What a normal's learned standard deviation does not fall below, in the units the network sees. */
  readonly floor?: number;
  readonly image?: readonly [height: number, width: number, channels: number];
  readonly mask?: boolean | string;
  /** Whether data may be standardised: the network then sees (y − mean) / deviation. */
  readonly scalable: boolean;
  /** y's mean, and its log-variance where that is learned, from the decoder's parameters. */
  mean(parameters: Parameters): { readonly y: Tensor; readonly logVar?: Tensor };
  /**
   * −log p(y|parameters) in nats, of each element, or of shape [] where it is of the whole example; for `squaredError` the
   * square of the difference.
   */
  nll(parameters: Parameters, y: Tensor): Tensor;
  /** How to draw from a distribution of your own: y from parameters and noise of y's shape. */
  readonly draws?: {
    readonly noise: 'normal' | 'uniform';
    value(parameters: Parameters, noise: Tensor): Tensor;
  };
  /** −log p from logits where y is a blend, as at a smaller scale: of each element, or of each place with its classes. */
  blended?(logits: Tensor, y: Tensor): Tensor;
  /** What predictions at other scales add to a loss: one number for each example, in nats. */
  auxiliary?(parameters: Parameters, y: Tensor): Tensor<[]>;
  /** A sentence that says what is wrong with a decoder that ends in this op, if something is. */
  refuse(lastOp: string): string | undefined;
  /** Only a type: what the decoder returns. */
  readonly '~out'?: Out;
}

/** What the decoder of a target returns. */
export type OutputOf<T> = T extends { readonly '~out'?: infer Out } ? Out : never;
