import { size } from '../shape/size.ts';
import { isByIndex } from '../values/class-count.ts';
import { hasMask, maskName } from '../values/mask-name.ts';
import { changesOf, type Examples } from './dataset.ts';
import type { Value } from './source.ts';
import { exampleAt as numbersAt } from './stored.ts';
import { classNames, type Variable, type Variables } from './variable.ts';

/** Returns an example's values as they are in training's first epoch: class indices, and numbers in their own units. */
export const valuesAt = (examples: Examples, index: number): Readonly<Record<string, Float32Array>> => {
  const values = Object.fromEntries(
    Object.entries(examples.columns).map(([name, column]) => [
      name,
      Float32Array.from(numbersAt(column, index), (value) => value * column.scale),
    ]),
  );
  for (const change of changesOf(examples)) change(values, { seed: 1, epoch: 0, index });
  return values;
};

/**
 * Returns an example in the forms that a model takes: conditions, and the target as `y` or each of several by its name; classes by their
 * names if they have some; null for elements of a condition that are missing, and the mask of a target.
 */
export const exampleAt = (examples: Examples, index: number, variables: Variables): Readonly<Record<string, Value>> => {
  const values = valuesAt(examples, index);
  return Object.fromEntries(
    Object.entries(variables).flatMap(([name, variable]) => {
      const own = values[name];
      if (variable.maskOf !== undefined || own === undefined) return [];
      const counts = hasMask(variable) ? values[maskName(name)] : undefined;
      // What a target's mask leaves out may be given rather than missing: networks see it.
      const isTarget = variable.distribution !== undefined;
      if (isTarget && counts)
        return [[name, given(variable, own, undefined)] as const, [maskName(name), counts] as const];
      return [[name, given(variable, own, counts)] as const];
    }),
  );
};

const given = (variable: Variable, values: Float32Array, counts: Float32Array | undefined): Value => {
  const { kind, dataShape } = variable;
  const length = size(dataShape);
  // A blend of classes.
  if (kind === 'categorical' && values.length !== length) return values;
  const names = kind === 'categorical' ? classNames(variable) : undefined;
  const isKnown = (place: number): boolean => counts === undefined || counts[place] === 1;
  const one = (value: number, place: number): number | string | null =>
    isKnown(place) ? (names?.[value] ?? value) : null;
  if (length === 1 && kind !== 'image') return one(values[0] ?? 0, 0);
  if (names === undefined && values.every((_, place) => isKnown(place)) && !isIndices(variable)) return values;
  return Array.from(values, one);
};

/** Whether numbers are indices of classes, which a Float32Array would say are weights. */
const isIndices = (variable: Variable): boolean => variable.kind === 'categorical' && !isByIndex(variable);
