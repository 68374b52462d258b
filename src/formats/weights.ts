import { named, object, optional, texts, type TypeOf } from './schema.ts';

/** The names of the classes or the elements of a variable, as far as its data provide them. */
const variable = object({
  classes: optional(texts),
  /** Of each element, in order: the columns of a table, for example. */
  elements: optional(texts),
  /** The unit of each element, `''` for none. */
  units: optional(texts),
});
export interface VariableNames extends TypeOf<typeof variable> {}

/** Such names by variable: the conditions, and the target as `y`. Stored in the metadata of weights. */
export const names = named<VariableNames>(variable);
export type Names = TypeOf<typeof names>;
