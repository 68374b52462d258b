import type { ColumnScore, Scores } from '../formats/scores.ts';

/** A score in words: its name, what is best, and the value of drawn rows, of sequential trees, of the rows trained on. */
export interface ScoreRow {
  readonly name: string;
  readonly best: string;
  readonly cells: readonly string[];
}

/** What the cells of a row are of. */
export const scoredTables = ({ trees }: Scores): readonly string[] => [
  'drawn',
  ...(trees ? ['trees'] : []),
  'training rows',
];

type Score = Scores['drawn'];

/** Returns the scores of a table in words, as `evaluate` prints them and the report shows them. */
export const scoreRows = (scores: Scores): readonly ScoreRow[] => {
  const { drawn, trees, training, within, predicted } = scores;
  const tables = [drawn, ...(trees ? [trees] : []), training];
  const row = (
    name: string,
    best: string,
    of: (score: Score) => number | null,
    digits = 3,
    times = 1,
  ): readonly ScoreRow[] =>
    tables.every((score) => of(score) === null)
      ? []
      : [{ name, best, cells: tables.map((score) => cellOf(of(score), digits, times)) }];
  // Of classes alone, their shares are compared.
  const how = Object.keys(drawn.columns).length > 0 ? 'KS' : 'total variation';
  const measured = predicted.measure === 'accuracy' ? 'accuracy' : 'R²';
  return [
    ...row('told apart from real rows (AUC)', '0.5', ({ auc }) => auc),
    ...row(
      `distributions alike${within === null ? '' : ` within ${within}`} (1 − ${how})`,
      '1',
      ({ within: own }) => own,
    ),
    ...row(`${predicted.column} predicted by a forest trained on them (${measured})`, '1', ({ predicted: own }) => own),
    ...row('novelty', '1', ({ novelty }) => novelty, 2),
    ...row(`impossible values${whatIs(drawn)}, %`, '0', ({ impossible }) => impossible, 1, 100),
    ...row('share of zeros, points off', '0', ({ zeros }) => zeros, 1, 100),
    ...row('pairs of classes that the data lack, %', '0', ({ unseen }) => unseen, 1, 100),
  ];
};

/** Says which column has the largest share of impossible values, and what is wrong with them. */
const whatIs = ({ columns, impossible }: Score): string => {
  if (impossible === 0) return '';
  const shareOf = ({ outside, decimals }: ColumnScore): number => Math.max(outside, decimals);
  const [[name, worst] = []] = Object.entries(columns).toSorted(([, a], [, b]) => shareOf(b) - shareOf(a));
  if (name === undefined || worst === undefined) return '';
  return worst.outside < worst.decimals ? ` (${name}: more decimals than the data)` : ` (${name}: out of its range)`;
};

const cellOf = (value: number | null, digits: number, times: number): string =>
  value === null ? '–' : (times * value).toFixed(digits);

/** Says of what rows scores are. */
export const scoredText = ({ drawn, given, rows: { train, test }, trees }: Scores): string =>
  `${count(drawn.rows)} rows drawn ${given.length > 0 ? `for given ${listed(given)}` : 'with nothing given'}, compared with ${count(test)} held-out rows${
    trees ? `; sequential trees fitted to the same ${count(train)} rows` : ''
  }, and the rows trained on`;

const listed = (all: readonly string[]): string => {
  // A name with a comma is one name.
  const names = all.map((name) => (name.includes(',') ? `“${name}”` : name));
  if (names.length > 6) return `${names.slice(0, 5).join(', ')} and ${names.length - 5} more`;
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
};

const count = (value: number): string => value.toLocaleString('en-US');
