import { InvalidData } from '../errors.ts';
import { size } from '../shape/size.ts';
import type { Names, VariableNames } from '../signature.ts';
import { own } from '../values/own.ts';
import type { Examples } from './dataset.ts';
import type { Variables } from './variable.ts';

/**
 * Returns the names in the data of the classes and elements of these variables: of classes that the definition only counts, and
 * of elements with their units, from the columns to train on, else as they were given. Throws an `InvalidData` if there are too
 * few or too many.
 */
export const namesOf = (
  variables: Variables,
  train: Examples,
  classes: ReadonlyMap<string, readonly string[]>,
  given: Names = {},
): Names => {
  const found = Object.entries(variables).map(([name, { dataShape }]): [string, VariableNames] => {
    const before = own(given, name);
    const column = own(train.columns, name);
    const known = {
      classes: classes.get(name) ?? before?.classes,
      elements: column?.names ?? before?.elements,
      units: column?.units ?? before?.units,
    };
    for (const what of ['elements', 'units'] as const) {
      const length = known[what]?.length ?? size(dataShape);
      if (length !== size(dataShape))
        throw new InvalidData(
          `data: expected ${what === 'units' ? 'units' : 'names'} for ${size(dataShape)} elements of ${name}, got ${length}; give one for each`,
        );
    }
    return [name, Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined))];
  });
  return Object.fromEntries(found.filter(([, names]) => Object.keys(names).length > 0));
};

/** Returns the variables with these names in place of the numbers of classes. */
export const withClasses = (variables: Variables, names: Names | undefined): Variables =>
  Object.fromEntries(
    Object.entries(variables).map(([name, variable]) => {
      const classes = own(names, name)?.classes;
      return [name, classes && typeof variable.classes !== 'object' ? { ...variable, classes } : variable];
    }),
  );
