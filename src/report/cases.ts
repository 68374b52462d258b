import { own } from '../values/own.ts';
import type { Column, Examples } from '../data/dataset.ts';
import { classCount, classNames, type Variable, type Variables } from '../data/variable.ts';
import type { Model } from '../dsl/model.ts';
import { permutation, stream } from '../random.ts';

/** The number of examples in a snapshot, or as many as there are classes of a condition, up to ten. */
const CASES = 8;
const MOST = 10;

/**
 * Chooses the examples of a snapshot: one of each class of the first condition that has few, else some drawn with the random seed.
 */
export const casesOf = (model: Model, examples: Examples, seed: number): Int32Array => {
  const shuffled = permutation(examples.count, stream(seed, 'look'));
  const classes = Object.entries(model.condition).find(
    ([name, variable]) => isClass(variable, own(examples.columns, name)) && classCount(variable) <= MOST,
  );
  if (!classes) return shuffled.slice(0, CASES);
  const [name, variable] = classes;
  const column = own(examples.columns, name);
  const first = Array.from({ length: classCount(variable) }, (_, index) =>
    shuffled.find((at) => column?.data[at] === index),
  );
  return Int32Array.from(first.filter((at) => at !== undefined));
};

/** Describes the conditions of an example in a few words: all except images. */
export const labelOf = (conditions: Variables, examples: Examples, at: number): string => {
  const entries = Object.entries(conditions).filter(([, { kind }]) => kind !== 'image');
  return entries
    .flatMap(([name, variable]) => {
      const value = valueOf(variable, own(examples.columns, name), at);
      if (value === undefined) return [];
      return [entries.length === 1 && variable.kind === 'categorical' ? value : `${name} ${value}`];
    })
    .join(', ');
};

const valueOf = (variable: Variable, column: Column | undefined, at: number): string | undefined => {
  if (!column) return undefined;
  const value = column.data[at] ?? 0;
  if (isClass(variable, column)) return classNames(variable)?.[value] ?? `${value}`;
  return column.shape.every((size) => size === 1) ? `${Number((value * column.scale).toPrecision(3))}` : undefined;
};

/** Whether a column holds one class per example. */
const isClass = (variable: Variable, column: Column | undefined): boolean =>
  variable.kind === 'categorical' && column !== undefined && column.shape.every((size) => size === 1);
