import { expect, test } from 'vitest';
import table from '../../examples/table/model.ts';
import weather from '../../examples/weather/model.ts';
import digits from '../../examples/digits/model.ts';
import { binsOf, peakOf } from '../../playground/src/table/bins.ts';
import { tableColumns } from '../../playground/src/table/columns.ts';
import { alike, dataRows, elementOf } from '../../playground/src/table/rows.ts';
import { apart, decades, isLogarithmic, linear, rangeOf, short, ticks } from '../../playground/src/table/scale.ts';
import { lackingOf } from '../../playground/src/view/aligned.ts';
import { lumped } from '../../playground/src/table/shares.ts';
import { histogram, quantiles, rankCorrelation, shares } from '../../playground/src/table/statistics.ts';
import { compile } from '../../src/export/compile.ts';
import { trainedWeights } from '../compiler/weights.ts';

const manifestOf = (model: Parameters<typeof compile>[0]) => compile(model, trainedWeights(model)).manifest;

test('quantiles, shares and correlations are as defined, of what is a number', () => {
  // Type 7 of Hyndman and Fan, 1996: between the neighbours of (n − 1) p.
  expect(quantiles([16, 1, NaN, 8, 2, 4])).toEqual([1.2, 2, 4, 8, 14.4].map((value) => expect.closeTo(value, 12)));
  expect(quantiles([])).toEqual([NaN, NaN, NaN, NaN, NaN]);
  expect(shares([0, 2, 2, NaN], 3)).toEqual([1 / 3, 0, 2 / 3]);
  expect(histogram([-9, 0, 1, 2, 99], 0, 2, 2)).toEqual([2 / 5, 3 / 5]);
  // Ranks 1, 2.5, 2.5, 4, 5 and 1, 2, 3.5, 5, 3.5: their products about 3 sum to 7.25, their squares to 9.5 each.
  expect(rankCorrelation([1, 2, 2, 3, 5, NaN], [5, 6, 7, 8, 7, 1])).toBeCloseTo(7.25 / 9.5, 12);
  expect(rankCorrelation([1, 2, 3], [4, 4, 4])).toBeNaN();
});

test('numbers of an axis have as many digits as it takes to tell them apart', () => {
  const texts = (from: number, to: number): readonly string[] =>
    ticks(from, to, 5).map((tick, _, all) => short(tick, apart(all)));
  expect(texts(2006, 2015)).toEqual(['2006', '2008', '2010', '2012', '2014']);
  expect(texts(34.02, 34.11)).toEqual(['34.02', '34.04', '34.06', '34.08', '34.1']);
  expect(texts(1_201_000, 1_209_000)).toEqual(['1.202M', '1.204M', '1.206M', '1.208M']);
  expect(texts(0, 4000)).toEqual(['0', '1000', '2000', '3000', '4000']);
  expect(short(5, apart([5]))).toBe('5');
});

test('axes have round numbers, and a tail does not squeeze the rest', () => {
  expect(ticks(-3.2, 11, 4)).toEqual([0, 5, 10]);
  expect(ticks(0.11, 0.29, 4)).toEqual([0.15, 0.2, 0.25]);
  expect([-12.345, 1234, 1_234_567, 0, 99_999, 2.5e9, 4e-7].map((value) => short(value))).toEqual(
    ['−12.3', '1230', '1.23M', '0', '100k', '2.5B', '4.0e−7'], // prettier-ignore
  );
  expect(linear(0, 10, 100, 0).of(linear(0, 10, 100, 0).at(3))).toBeCloseTo(3, 12);
  expect(rangeOf([1, 2, 3], [0, 5])).toEqual([0, 5]);
  const [from, to] = rangeOf([...Array.from({ length: 500 }, (_, i) => i / 100), 4000]);
  expect(from).toBe(0);
  expect(to).toBeLessThan(7);
  expect(rangeOf([])).toEqual([0, 1]);
  expect(binsOf([[0, 1, 4]], [0, 4], 30)).toEqual([-0.5, 4.5, 5]);
  // Of several histograms that are compared, a share is in the bins that all have.
  expect(peakOf([[0, 0, 1, 4], [4]], [-0.5, 4.5, 5])).toBe(1);
});

test('of many classes the most frequent are shown by name, and the others as one', () => {
  const few = lumped(['a', 'b'], [[0.3, 0.7]]);
  expect(few.names).toEqual(['a', 'b']);
  expect(few.of([0.1, 0.9])).toEqual([0.1, 0.9]);
  const names = Array.from({ length: 30 }, (_, i) => `class ${i}`);
  const shares = names.map((_, i) => (i % 2 === 0 ? 0.06 : 0.1 / 15));
  const { names: shown, of } = lumped(names, [shares, shares]);
  expect(shown).toEqual([...names.filter((_, i) => i % 2 === 0).slice(0, 11), '19 others']);
  const own = of(shares);
  expect(own[0]).toBe(0.06);
  expect(own.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
});

test('amounts over several powers of ten are shown by their logarithm; rain, and what is often 0, is not', () => {
  const takings = Array.from({ length: 200 }, (_, i) => (i === 0 ? 0 : 100 * 1.08 ** i));
  expect(isLogarithmic(takings)).toBe(true);
  expect(isLogarithmic(takings.map((value, i) => (i % 2 === 0 ? 0 : value)))).toBe(false);
  expect(isLogarithmic(takings.map((value) => value - 500))).toBe(false);
  expect(isLogarithmic(Array.from({ length: 200 }, (_, i) => -10 * Math.log(1 - (i + 0.5) / 200)))).toBe(false);
  expect(decades(1.7, 6.2, 10)).toEqual([2, 3, 4, 5, 6]);
  expect(decades(1.7, 6.2, 3)).toEqual([2, 4, 6]);
});

test('columns of a table have their targets’ names; pictures are not columns', () => {
  expect(tableColumns(manifestOf(weather))?.map(({ title }) => title)).toEqual(
    ['rain', 'temperature 1', 'temperature 2', 'sky'], // prettier-ignore
  );
  expect(tableColumns(manifestOf(weather))?.at(-1)?.classes).toEqual(['clear', 'cloudy', 'rain']);
  expect(tableColumns(manifestOf(digits))).toBeUndefined();
});

test('rows behind draws are of the same classes and near in numbers, all where there are too few', () => {
  const count = 400;
  const rows = dataRows({
    source: 'it, train',
    count,
    of: 1000,
    columns: {
      station: Array.from({ length: count }, (_, i) => i % 3),
      day: Array.from({ length: count }, (_, i) => i),
      clouds: Array.from({ length: count }, () => 4),
      y: Array.from({ length: 3 * count }, (_, i) => i),
    },
  });
  if (rows === undefined) throw new Error('there are none');
  const manifest = manifestOf(table);
  const clouds = { kind: 'numbers', numbers: [4] } as const;
  const values = { station: { kind: 'class', index: 1 }, day: { kind: 'numbers', numbers: [200] }, clouds } as const;
  const found = alike(manifest, rows, values);
  expect(found.which).toBe('like');
  expect(found.rows.length).toBeGreaterThanOrEqual(30);
  for (const row of found.rows) {
    expect(row % 3).toBe(1);
    expect(Math.abs(row - 200)).toBeLessThan(70);
  }
  // The axis is `day`, which may have any value.
  expect(alike(manifest, rows, values, 'day').rows).toHaveLength(133);
  expect(alike(manifest, rows, { ...values, station: { kind: 'class', index: 7 } })).toMatchObject({
    which: 'too few',
  });
  expect(elementOf(rows, 'y', 2, [0, 1])).toEqual([2, 5]);
});

test('points of numbers are below each other by the digits that each lacks', () => {
  expect(lackingOf(['85.74', '244.8', '−3.816', '13', '1e−7'])).toEqual(['6', '16', '', '.816', '.816']);
  expect(lackingOf(['0', '12'])).toEqual(['', '']);
});
