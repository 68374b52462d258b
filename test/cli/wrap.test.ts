import { expect, test } from 'vitest';
import { summaryLines } from '../../src/cli/data-summary.ts';
import { scoreLines } from '../../src/cli/scored.ts';
import { whole, wrapped } from '../../src/cli/wrap.ts';

test('text is broken at spaces, long names at their underscores, and names that are kept whole not at all', () => {
  expect(wrapped('one two three four', 9)).toEqual(['one two', 'three', 'four']);
  expect(wrapped('one two three', 9, '  ')).toEqual(['one two', '  three']);
  expect(wrapped('  a_long_name_of_a_column', 12, '    ')).toEqual(['  a_long_', '    name_of_', '    a_column']);
  expect(wrapped('abcdefgh', 3)).toEqual(['abc', 'def', 'gh']);
  expect(wrapped(`${whole('New York (3)')}, ${whole('Ulm (1)')}`, 14)).toEqual(['New York (3),', 'Ulm (1)']);
  expect(wrapped('', 10)).toEqual(['']);
});

const numbers = { least: -1, most: 12.5, mean: 4, deviation: 2.25, missing: 0 };
const summary = {
  name: 'orders.csv',
  examples: { train: 90, validation: 10 },
  variables: [
    {
      name: 'city',
      title: 'City of the customer',
      shape: [],
      missing: 0,
      standardised: false,
      classes: ['Ulm', 'Bad Urach', 'Tübingen', 'Schwäbisch Gmünd', 'Stuttgart'].map((name) => ({ name, count: 18 })),
    },
    {
      name: 'speed',
      shape: [2, 1],
      missing: 0,
      standardised: true,
      numbers: ['speed 1', 'speed 2'].map((name) => ({ ...numbers, name })),
    },
    {
      name: 'a_price_whose_name_is_long',
      shape: [1],
      missing: 3,
      standardised: true,
      numbers: [{ ...numbers, missing: 3 }],
    },
  ],
  unused: ['id'],
  notices: [
    'one of these columns is the same in every row, so that a model learns nothing of it that is worth drawing',
  ],
};

test('what was understood of data fits a terminal, with the numbers of a sequence below its name', () => {
  for (const width of [80, 120]) {
    const lines = summaryLines(summary, ['speed', 'a_price_whose_name_is_long'], String, width);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
  }
  expect(summaryLines(summary, ['speed', 'a_price_whose_name_is_long'], String, 80).slice(2)).toMatchInlineSnapshot(`
    [
      "variable                values                 mean    sd  missing  networks see",
      "conditions",
      "  city (City of the     Ulm (18), Bad Urach (18),                   one-hot",
      "    customer)           Tübingen (18),",
      "                        Schwäbisch Gmünd (18),",
      "                        Stuttgart (18)",
      "targets",
      "  speed                                                             mean 0, sd 1",
      "    speed 1             −1 to 12.5                4  2.25",
      "    speed 2             −1 to 12.5                4  2.25",
      "  a_price_whose_name_   −1 to 12.5                4  2.25        3  mean 0, sd 1",
      "    is_long",
      "",
      "not used: id",
      "note: one of these columns is the same in every row, so that a model learns",
      "  nothing of it that is worth drawing",
    ]
  `);
});

test('scores fit a terminal too', () => {
  const score = { auc: 0.5, within: 0.9, predicted: 0.8, novelty: 1, zeros: null, impossible: 0, unseen: null, columns: {}, rows: 100 }; // prettier-ignore
  const lines = scoreLines(
    {
      drawn: score,
      trees: score,
      training: score,
      given: ['a column with a long name', 'another one', 'a third'],
      within: null,
      predicted: { column: 'Raucher? (ja/nein)', measure: 'accuracy' },
      rows: { train: 90, test: 10 },
    },
    80,
  );
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(lines.join('\n')).toContain('0.500  0.500          0.500   0.5');
});
