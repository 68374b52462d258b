import { categorical } from '../distributions/categorical.ts';
import type { Target } from '../dsl/target.ts';
import type { Tensor } from '../dsl/tensor.ts';
import { continuous, type Variable } from '../dsl/variables.ts';
import { concat } from '../layers/concat.ts';
import type { Written } from './variables.ts';

/** Tensors of a network, by the names that a definition gives them. */
export type NetworkInputs = Readonly<Record<string, unknown>>;

/** Returns the tensors of these names. */
export const from = (given: NetworkInputs, names: readonly string[]): readonly unknown[] =>
  names.map((name) => given[name]);

/** Joins vectors, one of which is as it is. */
export const joined = (tensors: readonly unknown[]): Tensor<[number]> => {
  // Every variable of a table is a vector to networks, and `concat` itself checks that they are tensors.
  const [first, ...rest] = tensors as readonly [Tensor<[number]>, ...Tensor<[number]>[]];
  return rest.length === 0 ? first : concat(first, ...rest);
};

/** Joins what a long table has at each step, one of which is as it is. */
export const joinedSeries = (tensors: readonly unknown[]): Tensor<[number, number]> => {
  // As above, of vectors at each step.
  const [first, ...rest] = tensors as readonly [Tensor<[number, number]>, ...Tensor<[number, number]>[]];
  return rest.length === 0 ? first : concat(first, ...rest);
};

/** Returns the names that conditions have as inputs of networks, with those of their masks. */
export const inputsOf = (conditions: readonly Written[]): readonly string[] =>
  conditions.flatMap(({ name, isMasked }) => (isMasked ? [name, `${name}_mask`] : [name]));

/** Returns conditions as variables, by name. */
export const conditionsOf = (conditions: readonly Written[]): Readonly<Record<string, Variable>> =>
  Object.fromEntries(conditions.map((one) => [one.name, conditionOf(one)]));

const conditionOf = (one: Written): Variable => {
  const { elements = 1, steps, isMasked } = one;
  if (one.classes) return classesOf(one.classes, isMasked, steps);
  if (steps !== undefined) return continuous(steps, elements);
  return isMasked ? continuous(elements, { mask: true }) : continuous(elements);
};

/** Returns a variable of these classes, with one of them at each step if there are `steps`. */
export const classesOf = (names: readonly string[], isMasked: boolean, steps?: number, end?: string): Target => {
  // A column of one value is none that a model learns from: there are two at least.
  const [first = '', second = '', ...rest] = names;
  if (steps !== undefined)
    return categorical(first, second, ...rest, { at: [steps], ...(end !== undefined && { end }) });
  return isMasked ? categorical(first, second, ...rest, { mask: true }) : categorical(first, second, ...rest);
};
