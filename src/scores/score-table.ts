import { InvalidData } from '../errors.ts';
import { permutation, stream } from '../random.ts';
import { isList } from '../values/lists.ts';
import { isPlain, isText, optionsRefusal, rule, wholeFrom0, type Rules } from '../values/rules.ts';
import { received } from '../values/value-text.ts';
import { impossibleIn, unseenPairs, type ColumnScore } from './impossible.ts';
import { aucOf, noveltyOf, predictedOf, withinOf } from './measures.ts';
import { drawnByTrees } from './sequential-trees.ts';
import { coded, rowsOf, wholeRows, type Coded, type ScoredTable } from './table.ts';

/** The rows of a comparison: trained on, real ones that were held out, and drawn ones. All have the same columns. */
export interface TableParts {
  readonly train: ScoredTable;
  readonly test: ScoredTable;
  readonly drawn: ScoredTable;
  /** All rows trained on, where `train` is a part of them: they decide what is impossible. */
  readonly known?: ScoredTable;
}

/** What a table is scored by. Every option has a default. */
export interface TableOptions {
  /** Columns that were given rather than drawn: none by default. */
  readonly given?: readonly string[];
  /**
   * The column of classes within which distributions are compared: by default the first one that is given, else the first one; no
   * column if there are no classes.
   */
  readonly within?: string;
  /** The column that a random forest learns to predict from drawn rows: by default the first that is drawn, of classes if there is one. */
  readonly predict?: string;
  /** The random seed of folds, forests and sequential trees: 1. */
  readonly seed?: number;
  /** `false` leaves sequential trees out. */
  readonly trees?: false;
}

/** The scores of rows that stand for real ones. `null` marks a score for which too few rows have all values. */
export interface TableScore {
  /** The area under the ROC curve of gradient boosting that distinguishes these rows from real ones; 0.5 is best. */
  readonly auc: number | null;
  /** 1 − the largest distance of distribution functions, the mean over columns of numbers, within classes; 1 is best. */
  readonly within: number;
  /** How well a random forest trained on these rows predicts a column of real rows: accuracy, or R² of numbers; 1 is best. */
  readonly predicted: number | null;
  /** The distance to the nearest row trained on, as a multiple of that of real rows: 1 is as new as these, 0 are copies. */
  readonly novelty: number | null;
  /** The largest difference of shares of zeros, of columns of which more than 5 % are 0; `null` if there are none. */
  readonly zeros: number | null;
  /** The largest share of values in a column that the data cannot have: outside the range, or with more decimals. */
  readonly impossible: number;
  /** The share of rows with two classes that no row trained on has together; `null` without such columns. */
  readonly unseen: number | null;
  readonly columns: Readonly<Record<string, ColumnScore>>;
  readonly rows: number;
}

/** How good drawn rows are, compared with sequential trees on the same rows, and with the rows trained on. */
export interface TableScores {
  readonly drawn: TableScore;
  /** Sequential trees, fitted to the rows trained on and given the same columns; `null` if they were left out. */
  readonly trees: TableScore | null;
  /** The rows trained on: what is best for all scores but novelty. */
  readonly training: TableScore;
  readonly given: readonly string[];
  readonly within: string | null;
  readonly predicted: { readonly column: string; readonly measure: 'accuracy' | 'R²' };
  readonly rows: { readonly train: number; readonly test: number };
}

/** The fewest whole rows of each part that a classifier can learn from. */
const FEW = 30;
/** The number of test rows, about, of all rounds in which rows are compared, of which there are up to 4. */
const ENOUGH = 1200;

/**
 * Scores drawn rows of a table: can they be distinguished from real ones, are distributions alike within classes, does a model that learns from
 * them know real rows, do they have impossible values, and are they new. Sequential trees, which draw a table column after column, are
 * scored on the same rows. If the given columns of drawn rows repeat those of test rows, rounds have the rows of one repetition each.
 *
 *     const { drawn, trees } = scoreTable({ train, test, drawn: rows }, { given: ['month'] });
 *     console.log(drawn.auc, trees?.auc);
 *
 * @throws InvalidData for parts with different columns, and for columns that are not there.
 */
export const scoreTable = (tables: TableParts, options: TableOptions = {}): TableScores => {
  if (!isTables(tables))
    throw new InvalidData(
      `scoreTable: expected { train, test, drawn }, each an object of columns, got ${received(tables)}; give them`,
    );
  const { train, test, drawn, known: whole = train } = tables;
  const refused = optionsRefusal(RULES, options, received);
  if (refused !== undefined) throw new InvalidData(`scoreTable: ${refused}`);
  const { seed = 1, trees, given = [] } = options;
  const parts = coded({ train, test, drawn, ...(whole !== train && { known: whole }) });
  const all = required(parts);
  checkColumns(all.train, options);
  const within = options.within ?? firstClass(all.train, given);
  const predict = options.predict ?? predictedIn(all.train, given);
  const { drawn: rows, test: real } = all;
  const times = Math.min(4, Math.ceil(ENOUGH / real.rows), Math.max(1, Math.floor(rows.rows / real.rows)));
  const plan: Plan = { ...all, times, given, within, predict, seed, isPaired: isRepeated(all, given) };
  const conditions = new Map([...all.drawn.columns].filter(([name]) => given.includes(name)));
  const own = (rows: Coded): TableScore => scoreOf(plan, rows);
  return {
    drawn: own(all.drawn),
    trees:
      trees === false
        ? null
        : own(drawnByTrees(complete(all.train), { rows: all.drawn.rows, columns: conditions }, seed)),
    training: scoreOf({ ...plan, isPaired: false }, all.train),
    given,
    within: within ?? null,
    predicted: { column: predict, measure: all.train.columns.get(predict)?.levels ? 'accuracy' : 'R²' },
    rows: { train: all.train.rows, test: all.test.rows },
  };
};

const isTables = (tables: unknown): tables is TableParts =>
  isPlain(tables) &&
  ['train', 'test', 'drawn', ...('known' in tables ? ['known'] : [])].every(
    (part) => isPlain(tables[part]) && Object.values(tables[part]).every(isList),
  );

const RULES: Rules = {
  given: rule(
    'names of columns',
    (value) => Array.isArray(value) && value.every(isText),
    "give a list such as ['month']",
  ),
  within: rule('the name of a column of classes', isText, 'give one such as month'),
  predict: rule('the name of a column', isText, 'give one such as month'),
  seed: wholeFrom0('give one such as 1'),
  trees: rule('false', (value) => value === false, 'leave it out to score sequential trees'),
};

interface Plan {
  readonly train: Coded;
  readonly test: Coded;
  readonly drawn: Coded;
  readonly known: Coded;
  readonly given: readonly string[];
  readonly within: string | undefined;
  readonly predict: string;
  readonly seed: number;
  /** The most rounds of as many rows as there are test rows. */
  readonly times: number;
  /** Whether row i was drawn for the conditions of test row i, modulo their number. */
  readonly isPaired: boolean;
}

const required = ({
  train,
  test,
  drawn,
  known: whole = train,
}: Readonly<Record<string, Coded>>): Pick<Plan, 'train' | 'test' | 'drawn' | 'known'> => {
  if (!train || !test || !drawn || !whole) throw new RangeError('a part is missing');
  return { train, test, drawn, known: whole };
};

const checkColumns = ({ columns }: Coded, { given = [], within, predict }: TableOptions): void => {
  const names = [...columns.keys()];
  const refuse = (what: string, got: string): never => {
    throw new InvalidData(`scoreTable: expected ${what} of the table, got ${got}; give one of ${names.join(', ')}`);
  };
  const unknown = [...given, ...(predict === undefined ? [] : [predict])].find((name) => !columns.has(name));
  if (unknown !== undefined) refuse('columns', unknown);
  if (within !== undefined && !columns.get(within)?.levels) refuse('a column of classes', within);
  if (within !== undefined && names.every((name) => name === within || given.includes(name)))
    throw new InvalidData(
      `scoreTable: expected a column of classes within which others were drawn, got ${within}, the only one that was drawn; leave within out`,
    );
  if (given.length >= names.length)
    throw new InvalidData(
      'scoreTable: expected columns that were drawn, got all of them as given; leave some out of given',
    );
};

const firstClass = ({ columns }: Coded, given: readonly string[]): string | undefined => {
  const classes = [...columns].filter(([, { levels }]) => levels).map(([name]) => name);
  const isOnlyDrawn = (name: string): boolean =>
    [...columns.keys()].every((other) => other === name || given.includes(other));
  return classes.find((name) => given.includes(name)) ?? classes.find((name) => !isOnlyDrawn(name));
};

const predictedIn = ({ columns }: Coded, given: readonly string[]): string => {
  const open = [...columns].filter(([name]) => !given.includes(name));
  const classes = open.find(([, { levels }]) => levels) ?? [...columns].find(([, { levels }]) => levels);
  return (classes ?? open[0])?.[0] ?? '';
};

const isRepeated = ({ test, drawn }: Pick<Plan, 'test' | 'drawn'>, given: readonly string[]): boolean =>
  given.length > 0 &&
  drawn.rows % test.rows === 0 &&
  given.every((name) => {
    const own = test.columns.get(name)?.values;
    return drawn.columns.get(name)?.values.every((value, row) => Object.is(value, own?.[row % test.rows]));
  });

const complete = (table: Coded): Coded => rowsOf(table, wholeRows(table));

const scoreOf = (plan: Plan, rows: Coded): TableScore => {
  const { train, test, given, within, predict, seed, times, isPaired } = plan;
  const count = Math.min(times, Math.max(1, Math.floor(rows.rows / test.rows)));
  const order = isPaired ? undefined : permutation(rows.rows, stream(seed, 'rounds'));
  const wholeTest = wholeRows(test);
  const isWhole = new Set(wholeTest);
  const rounds = Array.from({ length: count }, (_, round) => {
    const own = Array.from({ length: Math.min(test.rows, rows.rows) }, (__, i) => round * test.rows + i);
    // Rows drawn for test rows that have missing values are left out as these are.
    return complete(
      rowsOf(rows, order ? own.map((i) => order[i] ?? 0) : own.filter((i) => isWhole.has(i % test.rows))),
    );
  });
  const real = rowsOf(test, wholeTest);
  const learned = complete(train);
  const [first = real] = rounds;
  const isEnough = Math.min(real.rows, learned.rows, first.rows) >= FEW;
  const mean = (of: (round: Coded, i: number) => number): number | null =>
    isEnough ? known(rounds.reduce((sum, round, i) => sum + of(round, i), 0) / rounds.length) : null;
  const columns = impossibleIn(plan.known, rows, given);
  const gaps = Object.values(columns)
    .filter(({ zerosOfData }) => zerosOfData > 0.05)
    .map(({ zeros, zerosOfData }) => Math.abs(zeros - zerosOfData));
  const unseen = unseenPairs(complete(plan.known), complete(rows), given);
  return {
    auc: mean((round, i) => aucOf(real, round, seed + i, isPaired && round.rows === real.rows)),
    within: rounded(withinOf(test, rows, within, given)),
    predicted: mean((round, i) => predictedOf(round, real, predict, seed + i)),
    novelty: isEnough ? known(noveltyOf(learned, real, complete(rows), seed)) : null,
    zeros: gaps.length > 0 ? rounded(Math.max(...gaps)) : null,
    impossible: rounded(
      Math.max(0, ...Object.values(columns).map(({ outside, decimals }) => Math.max(outside, decimals))),
    ),
    unseen: unseen === undefined ? null : rounded(unseen),
    columns,
    rows: rows.rows,
  };
};

const rounded = (value: number): number => Number(value.toPrecision(4));

/** What is undefined, as R² of a column that does not vary, is null. */
const known = (value: number): number | null => (Number.isFinite(value) ? rounded(value) : null);
