import { DISTRIBUTION_NAMES } from '../distributions/data/table.ts';
import { size } from '../shape/size.ts';
import { asJson } from '../values/as-json.ts';
import type { Refuse } from './read.ts';
import { text, texts, triple, typed, type TypeOf } from './schema.ts';
import { choice, flag, named, number, numbers, object, oneOf, optional, whole, wholes, some } from './schema.ts';
import { NEWEST, type FORMAT } from './version.ts';

/** The mean and standard deviation of each element, in the data's units. */
export const scaling = object({ mean: numbers, deviation: numbers });
export interface Scaling extends TypeOf<typeof scaling> {}

/** The number of classes, or their names. */
const classes = choice<number | readonly string[]>((value) => (Array.isArray(value) ? texts : whole));

const VARIABLE = {
  /**
   * The shape in the files: probabilities of classes on the last axis, or `dataShape` if the files take classes by their indices;
   * [height, width, channels] for an image.
   */
  shape: wholes,
  /** The shape of a value as a user gives it: that of class indices for classes, otherwise `shape`. */
  dataShape: wholes,
  /** The number of classes, or their names. */
  classes: optional(classes),
  /** The names of its elements, in order, if the data provide them. */
  names: optional(texts),
  /** Their units, `''` for none. */
  units: optional(texts),
  /** How the files standardise it internally: for information, since their inputs and outputs are in original units. */
  scaling: optional<Scaling>(scaling),
} as const;

/** A condition: an input of the model, and the form in which a value of it is given. */
export const condition = object({
  kind: oneOf('categorical', 'continuous', 'image'),
  ...VARIABLE,
  /** Whether values may be missing: another condition is then their mask, … */
  mask: optional(flag),
  /** … which says whose it is: 1 for each known element, 0 for a missing one, whose value does not matter. */
  maskOf: optional(text),
  /** The target of which it gives what is known: `y`, or one of several; the model draws the rest. */
  knownOf: optional(text),
});
export interface Condition extends TypeOf<typeof condition> {}

/** One number for all elements, or one for each. */
const forEach = choice<number | readonly number[]>((value) => (typeof value === 'number' ? number : numbers));

const NOISE = {
  /** A normal's standard deviation if it is fixed, in y's units: of all elements, or of each. */
  sigma: optional(forEach),
  /** The scale of a Laplace or Student's t if it is fixed, likewise. */
  scale: optional(forEach),
  /** Further numbers that checking and drawing values need, such as fixed degrees of freedom. */
  settings: optional(named<number>(number)),
} as const;

const innermost = object({ distribution: oneOf(...DISTRIBUTION_NAMES), ...NOISE });
/** The likelihood of a mixture's components, or that of numbers other than 0, which may be one of these. */
export interface ComponentSignature extends TypeOf<typeof innermost> {
  readonly of?: ComponentSignature;
}
const component = object({
  distribution: oneOf(...DISTRIBUTION_NAMES),
  ...NOISE,
  of: optional<ComponentSignature>(innermost),
});

const TARGET = {
  distribution: oneOf(...DISTRIBUTION_NAMES),
  /** The name of a custom distribution; a file `draw` draws from it, if the definition specifies how. */
  named: optional(text),
  /** Which values y of a custom distribution has, unless they are any real numbers. */
  values: optional(oneOf('positive', 'unit', 'counts')),
  ...VARIABLE,
  /** [height, width, channels] if the data may be shown as an image. */
  image: optional(triple),
  ...NOISE,
  of: optional<ComponentSignature>(component),
  /** Which elements of y share a component of a mixture. */
  per: optional(oneOf('element', 'place', 'example')),
  /** Shapes of the outputs that drawing needs in addition to `y` and `logVar`. */
  outputs: optional(named<readonly number[]>(wholes)),
  /** The class after which nothing follows, by its index, if y is a sequence of classes that may end early. */
  end: optional(whole),
  /** Whether elements may be given, and the condition that gives them. */
  mask: optional(choice<boolean | string>((value) => (typeof value === 'boolean' ? flag : text))),
} as const;
const one = object(TARGET);
interface OneTarget extends TypeOf<typeof one> {}

/** The target, p(y|x,z), as the files output it: `y` is its mean (probabilities if y is discrete). */
export const target = object({
  ...TARGET,
  /**
   * If the target is a `record` of several, each by its name: files have an output `rain` for its mean, and `rain_logVar` and the
   * like for its further outputs. `shape` is then the number of all their elements.
   */
  targets: optional(named<OneTarget>(one)),
});
export interface TargetSignature extends TypeOf<typeof target> {}

/** The members that all files of a model share. */
export const SIGNATURE = {
  format: some('a format', (value): value is typeof FORMAT | typeof NEWEST => typeof value === 'number'), // which is checked first
  /** The program that wrote it: `cvae-compile 0.1.0`. */
  library: text,
  name: text,
  kind: oneOf('cvae', 'predictor'),
  conditions: named<Condition>(condition),
  target: typed<TargetSignature>(target),
  /** The number of dimensions of z; 0 for a predictor. */
  latent: whole,
  /** The number of steps, if y is written step by step: by the file `start`, and the file `step` again and again. */
  steps: optional(whole),
  /** SHA-256, in hexadecimal, of the definition as `print` writes it. */
  fingerprint: text,
  opset: whole,
} as const;
const signature = object(SIGNATURE);
/** The description of a model that all of its files share. */
export interface Signature extends TypeOf<typeof signature> {}

/** Refuses a signature whose members are inconsistent. */
export const checkSignature = (
  { kind, latent, conditions, target: y, steps, format }: Signature,
  refuse: Refuse,
): void => {
  if ((kind === 'cvae') !== latent > 0) refuse(`a latent of ${kind === 'cvae' ? 'at least 1' : '0'}`, `${latent}`);
  const elements = size(y.dataShape);
  const targets = Object.entries(y.targets ?? {});
  if ((y.distribution === 'record') !== targets.length > 0)
    refuse('target.targets of a record, and of no other target', targets.map(([name]) => name).join(', ') || 'none');
  const elementsOf = targets.reduce((sum, [, one]) => sum + size(one.shape), 0);
  if (targets.length > 0 && elementsOf !== size(y.shape)) refuse(`target.shape of ${elementsOf}`, asJson(y.shape));
  const all = targets.length > 0 ? targets : [['y', y] as const];
  if (steps !== undefined && format < NEWEST) refuse(`format ${NEWEST} for a model of steps`, `${format}`);
  if (steps !== undefined && all.some(([, { shape }]) => shape[0] !== steps))
    refuse(`targets of ${steps} steps`, all.map(([, { shape }]) => asJson(shape)).join(', '));
  for (const [at, { names, units, dataShape }] of [...Object.entries(conditions), ...all])
    for (const list of [names, units])
      if (list && list.length !== size(dataShape)) refuse(`a name and a unit for each element of ${at}`, asJson(list));
  if (y.image && size(y.image) !== elements)
    refuse(`target.image to be [height, width, channels] of ${elements} elements`, asJson(y.image));
};
