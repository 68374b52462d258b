import { distributionOf } from '../distributions/data/table.ts';
import { InvalidModel } from '../errors.ts';
import type { ShapeError } from '../shape/shape.ts';
import { size } from '../shape/size.ts';
import { hasMask, maskName } from '../values/mask-name.ts';
import { isPlain } from '../values/rules.ts';
import { list } from '../values/value-text.ts';
import { checkOutputs, checkTarget, nameFault } from './check.ts';
import type { Tensors } from './network.ts';
import { type OutputOf, type Target } from './target.ts';
import { describe, type Tensor } from './tensor.ts';
import type { Symbol, Variables } from './variables.ts';

/** Several targets, by name. */
export type Targets = Readonly<Record<string, Target>>;

/** A single target. What distinguishes it from a record of targets is the name of its distribution: no member of a record is a string. */
export interface Single {
  readonly distribution: string;
}

/**
 * An error for a target whose elements were to share the component of a mixture that it is not in; also for one of several.
 */
export type Unshared<T> = T extends Single ? SharesNothing<T> : { readonly [K in keyof T]: T[K] & SharesNothing<T[K]> };

type SharesNothing<T> = '~per' extends keyof T
  ? 'element' extends NonNullable<T['~per']>
    ? unknown
    : ShapeError<`target: expected per of a mixture's components; leave it out, or write mixture(…, 5)`>
  : unknown;

/** The target as networks see it: a tensor, or one of each target by name. */
export type Seen<T> = T extends Single ? Symbol<T> : { readonly [K in keyof T]: Symbol<T[K]> };

/** What a decoder returns: the parameters of the target's distribution, or those of each target's by name. */
export type Outs<T> = T extends Single ? OutputOf<T> : { readonly [K in keyof T]: OutputOf<T[K]> };

/** A target whose examples come with a mask. */
export interface HasMask {
  readonly mask: string | true;
}

/** What a recognition network is given of masks, if there are any: a tensor, or one of each target that has one by name. */
export type MaskOf<T> = T extends Single
  ? T extends HasMask
    ? { readonly mask: Symbol<T> }
    : unknown
  : { readonly [K in keyof T]: T[K] extends HasMask ? K : never }[keyof T] extends infer M extends keyof T
    ? [M] extends [never]
      ? unknown
      : { readonly mask: { readonly [K in M]: Symbol<T[K]> } }
    : unknown;

/** A sentence for each output that belongs to no target: TypeScript does not look for them in what a function returns. */
export type Extras<O, T> = [keyof O] extends [keyof T]
  ? unknown
  : [T] extends [Single]
    ? unknown
    : {
        readonly [K in keyof O]: K extends keyof T
          ? unknown
          : `decoder: expected an output for each target, got also ${K & string}; leave it out, or add it to target`;
      };

/** Several targets as a model holds them: one target, whose y is theirs, flat and one after another. */
export interface RecordTarget<T extends Targets = Targets> extends Target<number[], Outs<T>> {
  readonly targets: T;
}

/** The target of a model: as it was declared, or the record's. */
export type Whole<T extends Target | Targets> = T extends Target ? T : T extends Targets ? RecordTarget<T> : never;

/** Whether what a definition gives as target is several by name. */
const isTargets = (target: unknown): target is Readonly<Record<string, unknown>> =>
  isPlain(target) &&
  Object.keys(target).length > 0 &&
  Object.values(target).every((value) => typeof value === 'object' && value !== null && !Array.isArray(value));

/**
 * Checks a definition's target, or each of several, and returns it.
 *
 * @throws InvalidModel for what is no likelihood, for names that another variable has, and for what only a single target can be.
 */
export function wholeTarget<T extends Target | Targets>(target: T, conditions: Variables): Whole<T> {
  if (!isTargets(target)) {
    checkTarget(target, conditions);
    // A single target is its own.
    return target as Target as Whole<T>;
  }
  const named = Object.entries(target);
  const taken = new Set(Object.keys(conditions));
  for (const [name, one] of named) {
    checkTarget(one, conditions, `target.${name}`);
    // `checkTarget` throws for anything else.
    checkMember(name, one as Target, taken);
  }
  // As checked above.
  return recordOf(target as Targets) as Target as Whole<T>;
}

/** Names that a record of samples has for itself. */
const OWN = new Set(['seed', 'z']);

/** Checks a target as a member of a record; `taken` are the names of others, to which its own are added. */
const checkMember = (name: string, target: Target, taken: Set<string>): void => {
  const refuse = (expected: string, got: string, remedy: string): never => {
    throw new InvalidModel(`target.${name}: expected ${expected}, got ${got}; ${remedy}`);
  };
  const fault = OWN.has(name) ? `the reserved ${name}` : nameFault(name);
  if (fault !== undefined) refuse('a name of letters, digits and _ of its own', fault, 'rename it');
  for (const own of namesOf(name, target)) {
    if (taken.has(own)) refuse(`outputs of names of their own`, `${own} twice`, 'rename a target or a condition');
    taken.add(own);
  }
  if (target.auxiliary) refuse('a target of one scale among several', 'multiScale', 'leave multiScale out');
  if (target.draws && target.distribution === 'custom')
    refuse(
      'a likelihood of the library among several, or one without draw',
      `${target.named ?? 'one'} with draw`,
      'leave its draw out, or predict this target alone',
    );
  if (distributionOf(target).unit !== 'nats')
    refuse('a likelihood, as −log p of all targets is added up', target.distribution, 'choose one such as normal');
};

/** Returns the names that a target of a record has in files: first its mean's, then those of its other outputs and its mask. */
const namesOf = (name: string, target: Target): readonly string[] => [
  name,
  ...new Set(
    [...Object.keys(target.outputs ?? {}), ...('logVar' in target.parameters ? ['logVar'] : [])].map(
      (key) => `${name}_${key}`,
    ),
  ),
  ...(hasMask(target) ? [maskName(name)] : []),
];

/** Returns several targets as one. Its likelihood is wired target by target: `layers/wiring.ts`. */
export const recordOf = (targets: Targets): RecordTarget => {
  const total = Object.values(targets).reduce((sum, { shape }) => sum + size(shape), 0);
  const alone = (): never => {
    throw new Error('a record of targets has no likelihood apart from theirs');
  };
  const parameters = Object.entries(targets).flatMap(([name, target]) =>
    Object.entries(target.parameters).map(([key, shape]) => [`${name}.${key}`, shape] as const),
  );
  return {
    kind: 'continuous',
    shape: [total],
    dataShape: [total],
    distribution: 'record',
    targets,
    scalable: false,
    parameters: Object.fromEntries(parameters),
    mean: alone,
    nll: alone,
    refuse: () => undefined,
  };
};

/**
 * Returns the output of a decoder or a predictor under the names of the target's parameters, after checking it; those of several
 * targets are called `rain.mean`.
 */
export function outputsFor(name: string, returned: unknown, target: Target): Tensors {
  const { targets } = target;
  if (!targets) return checkOutputs(name, returned, target);
  const names = Object.keys(targets);
  const given = isPlain(returned) ? returned : {};
  const missing = names.find((key) => !Object.hasOwn(given, key));
  if (missing !== undefined)
    throw new InvalidModel(
      `${name}: expected an output for each target (${list(names)}), got ${isPlain(returned) ? `none for ${missing}` : describe(returned)}; return a record of them, such as heads(target) gives`,
    );
  const extra = Object.keys(given).find((key) => !Object.hasOwn(targets, key));
  if (extra !== undefined)
    throw new InvalidModel(
      `${name}: expected an output for each target (${list(names)}), got also ${extra}; leave it out, or add it to target`,
    );
  const all = Object.entries(targets).flatMap(([key, one]) =>
    Object.entries(checkOutputs(`${name}, ${key}`, given[key], one)).map(([parameter, x]): [string, Tensor] => [
      `${key}.${parameter}`,
      x,
    ]),
  );
  return Object.fromEntries(all);
}

/**
 * Returns the outputs of a baseline for several targets as it returned them, by target: a tensor, or those of its parameters.
 */
export const byTarget = (outputs: Tensors, targets: Targets): Readonly<Record<string, unknown>> => {
  const entries = Object.entries(outputs);
  const own = (name: string): readonly (readonly [string, Tensor])[] =>
    entries.flatMap(([key, x]) => (key.startsWith(`${name}.`) ? [[key.slice(name.length + 1), x] as const] : []));
  const others = entries.filter(([key]) => !Object.keys(targets).some((name) => key.startsWith(`${name}.`)));
  const nested = Object.keys(targets).flatMap((name) =>
    own(name).length > 0 ? [[name, Object.fromEntries(own(name))]] : [],
  );
  return { ...Object.fromEntries(others), ...Object.fromEntries(nested) };
};
