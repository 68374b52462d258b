import { named, object, optional, texts, type TypeOf } from './schema.ts';

/** What the classes or the elements of a variable are called, as far as its data say. */
const variable = object({
  classes: optional(texts),
  /** Of each element, in order: the columns of a table, say. */
  elements: optional(texts),
  /** The unit of each element, `''` for none. */
  units: optional(texts),
});
export interface VariableNames extends TypeOf<typeof variable> {}

/** Such names by variable: of the conditions, and of the target as `y`. In the metadata of weights. */
export const names = named<VariableNames>(variable);
export type Names = TypeOf<typeof names>;
