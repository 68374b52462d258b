import type { Fault } from '../distributions/data/distribution-data.ts';
import { unitFault } from '../distributions/data/faults.ts';
import type { DistributionName } from '../distributions/data/names.ts';
import { DISTRIBUTIONS } from '../distributions/data/table.ts';
import { same } from '../shape/same.ts';
import { size } from '../shape/size.ts';

/**
 * What data must know of a model's variable, a condition or the target `y`; a model's own variables satisfy it. `shape` is
 * what the networks see (one-hot on the last axis for classes), `dataShape` what one example holds: for a categorical
 * variable class indices, which a column of `shape` may replace by weights over the classes.
 */
export interface Variable {
  readonly kind: 'categorical' | 'continuous' | 'image';
  readonly shape: readonly number[];
  readonly dataShape: readonly number[];
  /** The number of classes, or their names. */
  readonly classes?: number | readonly string[];
  /** Of a target only; a Bernoulli's values are from 0 to 1. */
  readonly distribution?: DistributionName;
  /** Of a target only: whether each example has a mask. */
  readonly mask?: boolean | string;
  /** Of a target only: [height, width, channels] where it is an image, … */
  readonly image?: readonly [height: number, width: number, channels: number];
  /** … and whether networks see it standardised, as its distribution says unless given. */
  readonly scalable?: boolean;
}

/** A model's variables by name: the conditions, and the target as `y`. */
export type Variables = Readonly<Record<string, Variable>>;

/** What data must hold for these variables: them, and `mask` where the target takes one. */
export const needed = (variables: Variables): Variables => {
  const y = variables['y'];
  if (y?.mask === undefined || y.mask === false) return variables;
  const shape = y.dataShape;
  return { ...variables, mask: { kind: 'continuous', distribution: 'bernoulli', shape, dataShape: shape } };
};

/** The number of classes of a categorical variable. */
export const classCount = (variable: Variable): number => variable.shape.at(-1) ?? 1;

/** The names of a categorical variable's classes, where it has some. */
export const classNames = ({
  classes,
}: {
  readonly classes?: number | readonly string[];
}): readonly string[] | undefined => (typeof classes === 'object' ? classes : undefined);

/** Whether values are probabilities or pixels, which lie between 0 and 1. */
export const isUnit = ({ kind, distribution }: Variable): boolean =>
  distribution === undefined ? kind === 'image' : DISTRIBUTIONS[distribution].values === 'unit';

/** Finds what is wrong with a finite value of a variable; undefined where all are right. */
export const faultOf = ({ kind, distribution }: Variable): ((value: number) => Fault | undefined) | undefined => {
  if (distribution !== undefined) return DISTRIBUTIONS[distribution].fault;
  return kind === 'image' ? unitFault : undefined;
};

/** Whether networks see values standardised: numbers without bounds, but for images, whose elements are of one kind. */
export const isScaled = ({ kind, image, distribution, scalable }: Variable): boolean =>
  kind === 'continuous' &&
  image === undefined &&
  (scalable ?? (distribution === undefined || DISTRIBUTIONS[distribution].scalable));

/** Whether data of one shape can be read as the other: equal but for axes of length 1, or one of them flat. */
export const readsAs = (from: readonly number[], to: readonly number[]): boolean => {
  if (size(from) !== size(to)) return false;
  const [a, b] = [from.filter((length) => length !== 1), to.filter((length) => length !== 1)];
  return a.length <= 1 || b.length <= 1 || same(a, b);
};
