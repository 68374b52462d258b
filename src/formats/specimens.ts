import { isPlain } from '../values/rules.ts';
import type { TypeOf } from './schema.ts';
import { choice, metrics, named, number, numbers, object, listed, optional, whole, some, text } from './schema.ts';

const single = choice<number | string>((value) => (typeof value === 'string' ? text : number));

/** A value of one variable in JSON: a class by its name or number, a number, or numbers in the order of `dataShape`. */
const value = choice<number | string | readonly number[]>((found) => (Array.isArray(found) ? numbers : single));
export type SpecimenValue = TypeOf<typeof value>;

const byName = named<readonly number[]>(numbers);
const truth = choice<readonly number[] | TypeOf<typeof byName>>((found) => (isPlain(found) ? byName : numbers));

/** An example from the data: the model's input, and the true value. */
const specimen = object({
  /** Its index in its part of the data, from 0. */
  index: whole,
  /** By name, in the forms that `sample` takes; lists of classes by their indices. */
  conditions: named(value),
  /** y, of the target's `dataShape`; or that of each of several targets by its name. */
  target: truth,
  /** For each target with a mask, by its name, which elements count: 1, or 0 for what is given or missing. */
  masks: optional(byName),
  /** Further columns of the data, which the model does not see: `{ digit: 7 }`. */
  about: optional(named(single)),
});
export interface Specimen extends TypeOf<typeof specimen> {}

/** A random sample of a table's rows, for pages to draw behind what a model draws. */
const sampledRows = object({
  /** The name of the data and of the part that they come from: `weather, train`. */
  source: text,
  /** How many rows there are, and how many they were drawn from. */
  count: whole,
  of: whole,
  /**
   * The numbers of each variable, row after row, classes by their indices and what is missing as `null`: conditions by their names, the
   * target as `y` or each of several by its name.
   */
  columns: named(metrics),
});
export interface SampledRows extends TypeOf<typeof sampledRows> {}

/** The content of the file of examples. */
export const specimens = object({
  format: some('1', (found): found is 1 => found === 1),
  /** The name of the data and of the part that they come from: `digits, test`. */
  source: text,
  examples: listed<Specimen>(specimen),
  /** For a model of a table, a few hundred rows of it. */
  rows: optional<SampledRows>(sampledRows),
});
export interface Specimens extends TypeOf<typeof specimens> {}
