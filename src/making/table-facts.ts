import { InvalidData } from '../errors.ts';
import { described, type Known } from './kinds.ts';
import { canBeDrawn, canBeGiven, keyOf, keysIn, orderIn, withoutKeys, type Sequences } from './sequences.ts';
import type { TextTable } from './table.ts';

/** What a column may be for a model. */
export type Use = 'drawn' | 'given';

/** What a column of a table is, for a person to choose. */
export interface ColumnFacts {
  readonly name: string;
  readonly kind: 'classes' | 'numbers' | 'dates' | 'none';
  /** In words: `numbers from 0 to 55.9, 57 % are 0`. */
  readonly words: string;
  readonly uses: readonly Use[];
  /** Whether it has a value at each step of a sequence. */
  readonly isSeries: boolean;
}

/** What a table is, for a person to choose. */
export interface TableFacts {
  readonly rows: number;
  readonly columns: readonly ColumnFacts[];
  /** The columns by which rows could be put together. */
  readonly keys: readonly string[];
  /** The one of them by which they seem to belong together. */
  readonly likelyKey?: string;
  /** How they were put together. */
  readonly sequences?: Pick<Sequences, 'orderBy' | 'orders' | 'count' | 'shortest' | 'longest'> & {
    readonly by: string;
  };
}

/** Returns what the rows of a table are if each is an example. */
export const rowFacts = ({ survey, columns, sequences }: TextTable): TableFacts => {
  const likelyKey = keyOf(columns, sequences);
  return {
    rows: survey.rows,
    columns: columns.map((one) => ({
      ...commonFacts(one),
      uses: usesOf(one),
      isSeries: false,
    })),
    keys: keysIn(columns),
    ...(likelyKey !== undefined && { likelyKey }),
  };
};

/** Returns what they are if the rows that share a column are an example together. */
export const sequenceFacts = ({ survey, columns }: TextTable, sequences: Sequences): TableFacts => {
  const {
    by: [by = ''],
    orderBy,
    orders,
    count,
    shortest,
    longest,
  } = sequences;
  return {
    rows: survey.rows,
    columns: withoutKeys(columns, sequences).map((one) => ({
      ...commonFacts(one),
      uses: usesOf(one).filter((use) => (use === 'drawn' ? canBeDrawn : canBeGiven)(one, sequences)),
      isSeries: !sequences.constant.has(one.name),
    })),
    keys: keysIn(columns),
    sequences: { by, orders, count, shortest, longest, ...(orderBy !== undefined && { orderBy }) },
  };
};

/**
 * Puts the rows of a table together by a column, and sorts them: by the column that is given, or by one that is named as a time if `order`
 * is left out; as they are if it is empty.
 *
 * @throws InvalidData if no two rows belong together.
 */
export const together = ({ survey, sequences }: TextTable, by: string, order?: string): Sequences => {
  const [found] = sequences([by]);
  if (!found) throw new Error('a table was not read');
  if (found.longest < 2)
    throw new InvalidData(
      `${survey.path}: expected several rows of each ${by}, got ${found.count.toLocaleString('en')} of one row; choose another column, or one row for each example`,
    );
  const orderBy = order ?? orderIn(found.orders);
  return orderBy === undefined || orderBy === '' ? found : { ...found, orderBy };
};

const commonFacts = (column: Known) => ({ name: column.name, kind: column.is.kind, words: described(column) });

const usesOf = ({ is }: Known): readonly Use[] => {
  if (is.kind === 'none') return [];
  return is.kind === 'dates' ? ['given'] : ['drawn', 'given'];
};
