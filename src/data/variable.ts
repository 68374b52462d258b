import type { Parts } from '../distributions/data/parts.ts';
import type { FindFault } from '../distributions/data/distribution-data.ts';
import type { Learns } from '../distributions/data/learns.ts';
import { unitFault } from '../distributions/data/faults.ts';
import type { DistributionName } from '../distributions/data/table.ts';
import { faultOf as faultOfTarget } from '../distributions/data/fault-of.ts';
import { DISTRIBUTIONS, distributionOf, type Distributed } from '../distributions/data/table.ts';
import { same } from '../shape/same.ts';
import { size } from '../shape/size.ts';
import { hasMask, maskName } from '../values/mask-name.ts';
import { own } from '../values/own.ts';

/**
 * What data must know of a model's variable, a condition or the target `y`; a model's own variables satisfy it. `shape` is the
 * shape that the networks see (one-hot on the last axis for classes), `dataShape` that of one example: for a categorical variable
 * class indices, which a column of `shape` may replace by weights over the classes.
 */
export interface Variable {
  readonly kind: 'categorical' | 'continuous' | 'image';
  readonly shape: readonly number[];
  readonly dataShape: readonly number[];
  /** For a condition only: whether batches and files hold classes by their indices, which excludes weights. */
  readonly indices?: true;
  /** For a condition only: whether networks take it as a mask. Zeros and ones then stay what they are. */
  readonly asMask?: true;
  /** The number of classes, or their names. */
  readonly classes?: number | readonly string[];
  /** For a target only; the values of a Bernoulli are from 0 to 1. */
  readonly distribution?: DistributionName;
  /** For a target only: numbers that determine which values it has. */
  readonly settings?: Readonly<Record<string, number>>;
  /** For a custom distribution, which values it has. */
  readonly values?: 'positive' | 'unit' | 'counts';
  /** For a mixture, the likelihood of its components. */
  readonly of?: Distributed;
  /** For a target only: what training learns of the data for it, before it begins. */
  readonly learns?: Learns;
  /** Whether each example has a mask, by which values may be missing. */
  readonly mask?: boolean | string;
  /** For a mask only: the variable whose values it counts. */
  readonly maskOf?: string;
  /** For a condition that gives what is known of a target, and for its mask: the target's name, and which parts are known. */
  readonly knownOf?: { readonly target: string; readonly parts: Parts };
  /** For a target only: whether its first axis are steps, which have one standardisation; and the class that ends them. */
  readonly inSteps?: boolean;
  readonly end?: number;
  /** For a target only: [height, width, channels] if it is an image, … */
  readonly image?: readonly [height: number, width: number, channels: number];
  /** … and whether networks see it standardised; by default the distribution decides. */
  readonly scalable?: boolean;
}

/** A model's variables by name: the conditions, and the target as `y`. */
export type Variables = Readonly<Record<string, Variable>>;

/** Returns the variable whose mask a column of this name is, by its own name; undefined if it is none's. */
export const maskedBy = (name: string, variables: Variables): string | undefined =>
  Object.keys(variables).find((key) => maskName(key) === name);

/** Returns the variables that data must hold: these, and the mask of each target that takes one. */
export const needed = (variables: Variables): Variables => {
  const masks = Object.entries(variables).flatMap(([name, variable]) => {
    const { dataShape: shape } = variable;
    const mask = { kind: 'continuous', distribution: 'bernoulli', shape, dataShape: shape, maskOf: name } as const;
    return hasMask(variable) && !own(variables, maskName(name)) ? [[maskName(name), mask] as const] : [];
  });
  return masks.length === 0 ? variables : { ...variables, ...Object.fromEntries(masks) };
};

/** Returns the number of classes of a categorical variable. */
export const classCount = (variable: Variable): number => variable.shape.at(-1) ?? 1;

/** Returns the names of a categorical variable's classes, if it has any. */
export const classNames = ({
  classes,
}: {
  readonly classes?: number | readonly string[];
}): readonly string[] | undefined => (typeof classes === 'object' ? classes : undefined);

/** Whether values are probabilities or pixels, which lie between 0 and 1. */
export const isUnit = ({ kind, distribution, values, of, maskOf }: Variable): boolean =>
  distribution === undefined
    ? kind === 'image' || maskOf !== undefined
    : distributionOf({ distribution, ...(values && { values }), ...(of && { of }) }).values === 'unit';

/** Returns a function that finds what is wrong with a finite value of a variable; undefined if all values are valid. */
export const faultOf = ({
  kind,
  distribution,
  maskOf,
  ...more
}: Pick<Variable, 'kind' | 'distribution' | 'settings' | 'values' | 'of' | 'maskOf'>): FindFault | undefined => {
  if (distribution !== undefined) return faultOfTarget({ distribution, ...more });
  return kind === 'image' || maskOf !== undefined ? unitFault : undefined;
};

/** Whether networks see values standardised: unbounded numbers, unless they are those of pixels. */
export const isScaled = ({ kind, distribution, scalable }: Variable): boolean =>
  kind === 'continuous' && (scalable ?? (distribution === undefined || DISTRIBUTIONS[distribution].scalable));

/** Whether data of one shape can be read as the other: equal except for axes of length 1, or one of them flat. */
export const readsAs = (from: readonly number[], to: readonly number[]): boolean => {
  if (size(from) !== size(to)) return false;
  const [a, b] = [from.filter((length) => length !== 1), to.filter((length) => length !== 1)];
  return a.length <= 1 || b.length <= 1 || same(a, b);
};
