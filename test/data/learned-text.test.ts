import { expect, test } from 'vitest';
import { learnedText } from '../../src/data/columns/learned-text.ts';

const column = { least: 0.2, most: 55.9, mean: 3, deviation: 7, decimals: 1, isGrid: true, distinct: 107, masses: [] };

test.each([
  ['values and no mass', {}, '0.2 to 55.9 in 107 values, 1 decimal'],
  ['a mass first', { masses: [[0, 0.567]] }, '0 is 56.7 % of the rows; else 0.2 to 55.9 in 107 values, 1 decimal'],
  [
    'one other value as itself',
    {
      masses: [
        [27, 0.7],
        [22, 0.2],
      ],
      least: 17.5,
      most: 17.5,
      distinct: 1,
    },
    '27 is 70.0 % of the rows, 22 is 20.0 %; else 17.5',
  ],
  [
    'masses alone',
    {
      masses: [
        [1, 0.5],
        [2, 0.5],
      ],
      distinct: 0,
      isGrid: false,
    },
    '1 is 50.0 % of the rows, 2 is 50.0 %; no other value',
  ],
] as const)('a column is described by %s', (_, more, text) => {
  expect(learnedText('rain', { ...column, ...more })).toBe(`rain: ${text}`);
});
