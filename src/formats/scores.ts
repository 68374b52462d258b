import { named, number, object, oneOf, orNull, text, texts, whole, type TypeOf } from './schema.ts';

const column = object({ outside: number, decimals: number, zeros: number, zerosOfData: number });
export interface ColumnScore extends TypeOf<typeof column> {}

const score = object({
  auc: orNull(number),
  within: number,
  told: orNull(number),
  novelty: orNull(number),
  zeros: orNull(number),
  impossible: number,
  unseen: orNull(number),
  columns: named<ColumnScore>(column),
  rows: whole,
});
interface Score extends TypeOf<typeof score> {}

/** How good the rows are that a model of a table draws; `scoreTable` describes the members. */
export const scores = object({
  drawn: score,
  trees: orNull<Score>(score),
  training: score,
  given: texts,
  within: orNull(text),
  told: object({ column: text, measure: oneOf('accuracy', 'R²') }),
  rows: object({ train: whole, test: whole }),
});
export interface Scores extends TypeOf<typeof scores> {}
