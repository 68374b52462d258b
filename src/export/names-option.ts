import type { Model } from '../dsl/model.ts';
import { InvalidModel } from '../errors.ts';
import { size } from '../shape/size.ts';
import type { Names } from '../signature.ts';
import { maskName } from '../values/mask-name.ts';
import { isPlain, meant, rule, type Rule } from '../values/rules.ts';

/** Whether a value is a list of texts, or left out. */
export const isTexts = (value: unknown): boolean =>
  value === undefined || (Array.isArray(value) && value.every((one) => typeof one === 'string'));

const isNames = (value: unknown): boolean =>
  isPlain(value) &&
  Object.values(value).every(
    (names) =>
      isPlain(names) && Object.values(names).every(isTexts) && Object.keys(names).every((key) => NAMED.includes(key)),
  );
const NAMED = ['classes', 'elements', 'units'];

/** The rule for names of classes and elements. */
export const NAMES: Rule = rule(
  '{ classes, elements, units }, lists of texts, by variable',
  isNames,
  'give what train returns as names',
);

/**
 * Checks the names of a model's variables. @throws InvalidModel for names of what is not a variable, and for too few or too many
 * of them.
 */
export const checkNames = (where: string, { condition, target }: Model, names: Names): void => {
  const own = target.targets ?? { y: target };
  const masks = Object.entries(own).map(([key, one]) => [maskName(key), one] as const);
  const variables = new Map([...Object.entries(condition), ...masks, ...Object.entries(own)]);
  for (const [name, { classes, elements, units }] of Object.entries(names)) {
    const variable = variables.get(name);
    const known = [...Object.keys(condition), ...Object.keys(own)];
    if (!variable)
      throw new InvalidModel(
        `${where}: expected names of the variables ${known.join(', ')}, got ${name}; ${meant(name, known)}`,
      );
    const count = variable.classes === undefined ? 0 : variable.shape.at(-1);
    for (const [what, list, length] of [
      ['classes', classes, count],
      ['elements', elements, size(variable.dataShape)],
      ['units', units, size(variable.dataShape)],
    ] as const)
      if (list && list.length !== length)
        throw new InvalidModel(
          `${where}: expected ${length} ${what} of ${name}, got ${list.length}; give what train returns as names`,
        );
  }
};
