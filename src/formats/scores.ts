import {
  named,
  number,
  object,
  oneOf,
  orNull,
  renamed,
  text,
  texts,
  whole,
  type Schema,
  type TypeOf,
} from './schema.ts';

const column = object({ outside: number, decimals: number, zeros: number, zerosOfData: number });
export interface ColumnScore extends TypeOf<typeof column> {}

/** Earlier versions called the member `told`. */
const scored = <T>(schema: Schema<T>): Schema<T> => renamed(schema, { told: 'predicted' });

const members = object({
  auc: orNull(number),
  within: number,
  predicted: orNull(number),
  novelty: orNull(number),
  zeros: orNull(number),
  impossible: number,
  unseen: orNull(number),
  columns: named<ColumnScore>(column),
  rows: whole,
});
interface Score extends TypeOf<typeof members> {}
const score = scored<Score>(members);

const all = object({
  drawn: score,
  trees: orNull<Score>(score),
  training: score,
  given: texts,
  within: orNull(text),
  predicted: object({ column: text, measure: oneOf('accuracy', 'R²') }),
  rows: object({ train: whole, test: whole }),
});
export interface Scores extends TypeOf<typeof all> {}

/** How good the rows are that a model of a table draws; `scoreTable` describes the members. */
export const scores = scored<Scores>(all);
