import { InvalidModel } from '../errors.ts';
import { maskName } from '../values/mask-name.ts';
import { rule } from '../values/rules.ts';
import { distributionOf } from '../distributions/data/table.ts';
import type { Parts } from '../distributions/data/parts.ts';
import { check } from './check-arguments.ts';
import { strict, type Tensors } from './network.ts';
import type { Single, Targets } from './record.ts';
import { namedTargets } from './named-targets.ts';
import type { Target } from './target.ts';
import type { NumbersOf, Symbol, Variable, Variables } from './variables.ts';

/**
 * What networks are given of a target of which any part may be known: `known`, 0 where it is not, and `known_mask`, both in the shape in
 * which networks see y; of several targets records of them, `known.rain` and `known.rain_mask`.
 */
export type KnownOf<T, K> = [K] extends [Parts]
  ? T extends Single
    ? { readonly known: Symbol<T>; readonly known_mask: Symbol<T> }
    : {
        readonly known: { readonly [N in keyof T]: Symbol<T[N]> } & {
          readonly [N in keyof T as `${N & string}_mask`]: Symbol<T[N]>;
        };
      }
  : unknown;

/** Conditions, and those by which a model is given what is known: `known`, or `known_rain` of one of several targets. */
export type KnownConditions<C extends Variables, T, K> = [K] extends [Parts]
  ? C &
      (T extends Single
        ? { readonly known: KnownVariable<T> }
        : { readonly [N in keyof T as `known_${N & string}`]: KnownVariable<T[N]> })
  : C;

/** A target as a condition whose values may be missing. */
export type KnownVariable<T> =
  T extends Variable<infer S, infer V>
    ? Variable<S, V extends ArrayLike<number> ? NumbersOf<S> : V> & { readonly mask: true }
    : Variable & { readonly mask: true };

/** Returns the name of the condition that gives what is known of a target. */
export const knownName = (target: string): string => (target === 'y' ? 'known' : `known_${target}`);

/** Whether a likelihood is of all elements together, so that none can be left out. */
const isOfAll = ({ joint, auxiliary }: Target): boolean => joint === true || auxiliary !== undefined;

/**
 * Returns a target of which any part may be known: it has a mask, and pictures show what is known.
 *
 * @throws InvalidModel for a likelihood of all elements together.
 */
export const partlyKnown = (target: Target): Target => {
  const own = (name: string, one: Target): Target => {
    if (isOfAll(one))
      throw new InvalidModel(
        `known: expected a target of which elements can be left out, got ${one.named ?? one.distribution} as ${name}, whose likelihood is of all together; leave known out, or choose another likelihood`,
      );
    return { ...one, mask: one.image ? knownName(name) : true };
  };
  const { targets } = target;
  if (!targets) return own('y', target);
  // Each is the same target with a mask.
  const all: Targets = Object.fromEntries(Object.entries(targets).map(([name, one]) => [name, own(name, one)]));
  return { ...target, targets: all };
};

/**
 * Returns conditions with those that give what is known of a target.
 *
 * @throws InvalidModel for a rule that is none, and for a condition of the same name as one of them.
 */
export const withKnown = (conditions: Variables, target: Target, parts: unknown): Variables => {
  check('known', rule('which parts of the target are known', isParts, 'write known: anyPart()'), parts);
  const added = Object.entries(namedTargets(target)).flatMap(([name, one]): [string, Variable][] => {
    const own = knownName(name);
    for (const taken of [own, maskName(own)])
      if (Object.hasOwn(conditions, taken))
        throw new InvalidModel(
          `condition: expected a name other than ${taken}, by which networks are given what is known of ${name}; rename it`,
        );
    // As checked above.
    return knownVariables(name, one, parts as Parts);
  });
  return { ...conditions, ...Object.fromEntries(added) };
};

const isParts = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'parts';

const knownVariables = (name: string, target: Target, parts: Parts): [string, Variable][] => {
  const { kind, shape, dataShape, seenShape = shape, classes, image } = target;
  const own = knownName(name);
  const knownOf = { target: name, parts };
  const known: Variable = {
    // Numbers of any size are no pixels, however they are shown.
    kind: image && shape.length === 3 && distributionOf(target).values === 'unit' ? 'image' : kind,
    shape,
    dataShape,
    seenShape,
    ...(classes !== undefined && { classes }),
    mask: true,
    scalable: false,
    knownOf,
  };
  const mask: Variable = {
    kind: 'continuous',
    shape: seenShape,
    dataShape,
    maskOf: own,
    scalable: false,
    knownOf,
  };
  return [
    [own, known],
    [maskName(own), mask],
  ];
};

/**
 * Returns what the function that defines a network is given: what is known of several targets is in `known`, by the targets' names.
 *
 * @throws InvalidModel if it asks for another.
 */
export const knownTo = (name: string, given: Tensors, target: Target): Tensors => {
  const names = Object.keys(target.targets ?? {}).flatMap((one) => [one, maskName(one)]);
  if (names.length === 0) return given;
  const all = Object.entries(given);
  const flat = new Map(names.map((one) => [knownName(one), one]));
  const known = all.flatMap(([key, x]) => {
    const one = flat.get(key);
    return one === undefined ? [] : [[one, x] as const];
  });
  const nested = strict(`${name}, known`, Object.fromEntries(known));
  // A record among the tensors, which the type of what a network is given has.
  return { ...Object.fromEntries(all.filter(([key]) => !flat.has(key))), known: nested } as unknown as Tensors;
};
