import { InvalidModel } from '../errors.ts';
import { hasMask, maskName } from '../values/mask-name.ts';
import type { HasMask } from './record.ts';
import type { Symbol, Variable, Variables } from './variables.ts';

/** What networks are given of the conditions that have a mask: `age_mask`, in the shape of `age`. */
export type ConditionMasks<C> = { readonly [K in keyof C]: C[K] extends HasMask ? K : never }[keyof C] extends infer M
  ? [M] extends [never]
    ? unknown
    : { readonly [K in M & keyof C as `${K & string}_mask`]: Symbol<C[K]> }
  : unknown;

/** Conditions and their masks, as a network declares them that is written outside the definition: a mask has the shape of its condition. */
export type MaskedConditions<C> = C & {
  readonly [K in keyof C as C[K] extends HasMask ? `${K & string}_mask` : never]: C[K];
};

/**
 * Returns conditions with the masks of those that have one, which are conditions too: `age_mask` is 1 where a value of `age` is
 * known, and 0 where it is missing.
 *
 * @throws InvalidModel for a condition that is called as another's mask, or whose mask is to come from another condition.
 */
export const withMasks = <C extends Variables>(condition: C): C => {
  const masks = Object.entries(condition).flatMap(([name, variable]): [string, Variable][] => {
    if (!hasMask(variable)) return [];
    const { shape, dataShape } = variable;
    const own = maskName(name);
    if (Object.hasOwn(condition, own))
      throw new InvalidModel(
        `condition: expected a name other than ${own}, which is that of ${name}'s mask; rename it`,
      );
    if (variable.mask !== true)
      throw new InvalidModel(
        `${name}: expected true or false as the mask of a condition, got a name; write mask: true`,
      );
    return [[own, { kind: 'continuous', shape, dataShape, maskOf: name, scalable: false }]];
  });
  // The masks have names that no type shows.
  return masks.length === 0 ? condition : ({ ...condition, ...Object.fromEntries(masks) } as C);
};
