import { expect, test } from 'vitest';
import { scoreRows, scoredText } from '../../src/report/score-rows.ts';

const column = (outside: number, decimals: number) => ({ outside, decimals, zeros: 0, zerosOfData: 0 });
const score = (impossible: number, columns = {}) => ({
  auc: 0.5,
  within: 0.9,
  predicted: 0.8,
  novelty: 1,
  zeros: null,
  impossible,
  unseen: null,
  columns,
  rows: 100,
});
const scoresOf = (drawn: ReturnType<typeof score>, given: readonly string[] = []) => ({
  drawn,
  trees: score(0),
  training: score(0),
  given,
  within: null,
  predicted: { column: 'sky', measure: 'accuracy' as const },
  rows: { train: 90, test: 10 },
});
const namesOf = (drawn: ReturnType<typeof score>) =>
  scoreRows(scoresOf(drawn))
    .map(({ name }) => name)
    .filter((name) => name.startsWith('impossible'));

test('scores say which values are impossible, and why', () => {
  const rain = column(0.4, 0.1);
  expect(namesOf(score(0, { rain: column(0, 0) }))).toEqual(['impossible values, %']);
  expect(namesOf(score(0.4, { wind: column(0, 0), rain }))).toEqual(['impossible values (rain: out of its range), %']);
  expect(namesOf(score(1, { rain, wind: column(0, 1) }))).toEqual([
    'impossible values (wind: more decimals than the data), %',
  ]);
});

test('what is given is listed by names, of which one with a comma is still one', () => {
  const givenIn = (...given: readonly string[]): string | undefined =>
    /drawn (.*), compared/.exec(scoredText(scoresOf(score(0), given)))?.[1];
  expect(givenIn()).toBe('with nothing given');
  expect(givenIn('city')).toBe('for given city');
  expect(givenIn('month', 'price (€, incl. VAT)')).toBe('for given month and “price (€, incl. VAT)”');
  expect(givenIn('a', 'b', 'c')).toBe('for given a, b and c');
});
