import { describe, expect, test } from 'vitest';
import { scoreTable, sequentialTrees, type ScoredTable } from 'cvae-compile/train';
import { normals, permutation, stream, uniforms } from '../../src/random.ts';
import { IS_LONG } from '../support/chosen.ts';

const CITIES = ['Lima', 'Oslo', 'Rome'];

/** A table of cities: temperature depends on the city, rain is 0 on half the days, and has one decimal. */
const days = (seed: number, count: number): Readonly<Record<string, number[] | string[]>> => {
  const [u, v, n] = [
    uniforms(stream(seed, 'u'), count, 1),
    uniforms(stream(seed, 'v'), count, 1),
    normals(stream(seed, 'n'), count, 1),
  ];
  const index = Array.from(u, (value) => Math.floor(value * 3));
  return {
    city: index.map((i) => CITIES[i] ?? ''),
    temperature: index.map((i, row) => Math.round(100 * i + 30 * (n[row] ?? 0)) / 10),
    rain: Array.from(v, (value) => (value < 0.5 ? 0 : Math.round(100 * (value - 0.5)) / 10)),
  };
};
const train = days(1, 600);
const test0 = days(2, 300);
const given = { given: ['city'], trees: false } as const;
const changed = (drawn: ScoredTable, change: ScoredTable): ScoredTable => ({ ...drawn, ...change });
const numbers = (name: string, of: ScoredTable): number[] => Array.from(of[name] ?? [], Number);

describe('scoreTable', () => {
  test('finds nothing wrong with new rows of the same distribution, nor with sequential trees', () => {
    const { drawn, trees, training, predicted, within } = scoreTable(
      { train, test: test0, drawn: days(3, 300) },
      { given: ['city'] },
    );
    for (const score of [drawn, training]) {
      expect(Math.abs((score.auc ?? 0) - 0.5)).toBeLessThan(0.08);
      expect(score.within).toBeGreaterThan(0.85);
      expect(score.impossible).toBeLessThan(0.02);
    }
    expect(trees?.auc).toBeLessThan(0.62);
    expect(trees?.impossible).toBe(0);
    expect(drawn.novelty).toBeGreaterThan(0.8);
    expect(drawn.novelty).toBeLessThan(1.25);
    expect(training.novelty).toBe(0);
    expect(trees?.novelty).toBeLessThan(drawn.novelty ?? 0);
    expect({ predicted, within }).toEqual({ predicted: { column: 'city', measure: 'accuracy' }, within: 'city' });
    expect(drawn.predicted).toBeGreaterThan(0.8);
  });

  test('sees columns that do not depend on each other: AUC, distributions within classes, what a forest learns', () => {
    const drawn = days(3, 300);
    const order = permutation(300, stream(1, 'shuffle'));
    const temperature = Array.from(order, (row) => numbers('temperature', drawn)[row] ?? 0);
    const { drawn: score } = scoreTable({ train, test: test0, drawn: changed(drawn, { temperature }) }, given);
    expect(score.auc).toBeGreaterThan(0.75);
    expect(score.within).toBeLessThan(0.75);
    expect(score.predicted).toBeLessThan(0.5);
  });

  test('counts values outside the range, with more decimals, and zeros that are missing', () => {
    const drawn = days(3, 300);
    const rain = numbers('rain', drawn).map((value, i) => (i < 30 ? -1 : value === 0 ? 0.123 : value));
    const { drawn: score } = scoreTable({ train, test: test0, drawn: changed(drawn, { rain }) }, given);
    expect(score.columns['rain']?.outside).toBeCloseTo(0.1, 6);
    expect(score.columns['rain']?.decimals).toBeCloseTo(rain.filter((value) => value === 0.123).length / 300, 6);
    expect(score.columns['rain']?.zeros).toBe(0);
    expect(score.zeros).toBeCloseTo(score.columns['rain']?.zerosOfData ?? 0, 3);
    expect(score.impossible).toBeGreaterThan(0.3);
    expect(score.columns['temperature']?.decimals).toBe(0);
  });

  test('takes what is possible from all rows trained on, where only a part of them is compared', () => {
    const all = changed(train, {
      rain: numbers('rain', train).map((value, i) => (i === 599 ? 99.25 : value)),
      sky: numbers('rain', train).map((_, i) => (i === 599 ? 'fog' : 'clear')),
    });
    const rows = (from: number, to: number): ScoredTable =>
      Object.fromEntries(
        Object.entries(all).map(([name, values]) => {
          const own = Array.from<number | string>(values).slice(from, to);
          return [name, own.every((value) => typeof value === 'number') ? own : own.map(String)];
        }),
      );
    const [part, drawn] = [rows(0, 300), rows(300, 600)];
    const score = (tables: object) => scoreTable({ train: part, test: part, drawn, ...tables }, given).drawn;
    expect(score({}).columns['rain']).toMatchObject({ outside: 1 / 300, decimals: 1 / 300 });
    expect(score({}).unseen).toBeCloseTo(1 / 300, 5);
    expect(score({ known: all })).toMatchObject({
      impossible: 0,
      unseen: 0,
      columns: { rain: { outside: 0, decimals: 0 } },
    });
  });

  test('recognises float32 numbers', () => {
    const drawn = days(3, 300);
    const temperature = Float32Array.from(numbers('temperature', drawn));
    expect(
      scoreTable({ train, test: test0, drawn: changed(drawn, { temperature }) }, given).drawn.columns['temperature']
        ?.decimals,
    ).toBe(0);
  });

  test('counts pairs of classes that the data lack, and R² of a number', () => {
    const sky = (of: ScoredTable): string[] =>
      Array.from<unknown>(of['city'] ?? []).map((city) => (city === 'Lima' ? 'clear' : 'rain'));
    const drawn = days(3, 300);
    const wrong = sky(drawn).map((one, i) => (i < 30 ? (one === 'rain' ? 'clear' : 'rain') : one));
    const parts = {
      train: changed(train, { sky: sky(train) }),
      test: changed(test0, { sky: sky(test0) }),
      drawn: changed(drawn, { sky: wrong }),
    };
    expect(scoreTable(parts, { ...given, predict: 'temperature' }).drawn.unseen).toBeCloseTo(0.1, 6);
    const { predicted, drawn: score } = scoreTable(parts, { ...given, predict: 'temperature' });
    expect(predicted).toEqual({ column: 'temperature', measure: 'R²' });
    expect(score.predicted).toBeGreaterThan(0.7);
  });

  test('compares the shares of classes where a class is all that was drawn', () => {
    const [parts, only] = [
      { train, test: test0, drawn: days(3, 300) },
      { given: ['temperature', 'rain'], trees: false },
    ] as const;
    const { drawn, training, within } = scoreTable(parts, only);
    expect(within).toBeNull();
    for (const score of [drawn, training]) expect(score.within).toBeGreaterThan(0.9);
    const city = numbers('rain', test0).map(() => 'Lima');
    expect(scoreTable({ ...parts, drawn: { ...test0, city } }, only).drawn.within).toBeLessThan(0.5);
    expect(() => scoreTable(parts, { ...only, within: 'city' })).toThrow(
      'scoreTable: expected a column of classes within which others were drawn, got city, the only one that was drawn; leave within out',
    );
  });

  test('compares distributions within classes of the rows that have one', () => {
    const lacking = (of: ScoredTable): string[] =>
      Array.from<unknown>(of['city'] ?? []).map((city, i) => (i % 4 === 0 ? '' : String(city)));
    const own = { ...test0, city: lacking(test0) };
    expect(scoreTable({ train, test: own, drawn: own }, given).drawn.within).toBe(1);
    expect(
      scoreTable({ train, test: own, drawn: own }, { given: ['rain', 'temperature'], trees: false }).drawn.within,
    ).toBe(1);
  });

  test('leaves rows with missing values out, of the data and of what was drawn for them', () => {
    const drawn = { ...test0, rain: numbers('rain', test0) };
    const rain = numbers('rain', test0).map((value, i) => (i % 3 === 0 ? NaN : value));
    const { drawn: score } = scoreTable({ train, test: changed(test0, { rain }), drawn }, given);
    // What is left are the same rows, which nothing can distinguish.
    expect(score.within).toBeGreaterThan(0.85);
    expect(score.auc).not.toBeNull();
    const few = numbers('rain', test0).map((value, i) => (i < 280 ? NaN : value));
    const { drawn: none } = scoreTable({ train, test: changed(test0, { rain: few }), drawn }, given);
    expect({ auc: none.auc, predicted: none.predicted, novelty: none.novelty }).toEqual({
      auc: null,
      predicted: null,
      novelty: null,
    });
  });

  test.runIf(IS_LONG)('gives the same scores for the same seed', () => {
    const parts = { train, test: test0, drawn: days(3, 300) };
    expect(scoreTable(parts, { seed: 4 })).toEqual(scoreTable(parts, { seed: 4 }));
    expect(scoreTable(parts, { seed: 4 })).not.toEqual(scoreTable(parts, { seed: 5 }));
  });
});

describe('sequentialTrees', () => {
  test('draws values of rows like those given, the same ones for a seed', () => {
    const cities = Array.from({ length: 90 }, (_, i) => CITIES[i % 3] ?? '');
    const drawn = sequentialTrees(train, { city: cities }, 2);
    expect(Object.keys(drawn)).toEqual(Object.keys(train));
    expect(drawn['city']).toEqual(cities);
    const known = new Set(numbers('temperature', train));
    expect(numbers('temperature', drawn).every((value) => known.has(value))).toBe(true);
    const means = [0, 1, 2].map(
      (city) =>
        numbers('temperature', drawn)
          .filter((_, i) => i % 3 === city)
          .reduce((sum, value) => sum + value, 0) / 30,
    );
    for (const [city, mean] of means.entries()) expect(Math.abs(mean - 10 * city)).toBeLessThan(2.5);
    expect(sequentialTrees(train, { city: cities }, 2)).toEqual(drawn);
    expect(sequentialTrees(train, { city: cities }, 3)).not.toEqual(drawn);
  });

  test('draws classes too, and knows given classes that the data lack', () => {
    const { city } = sequentialTrees(train, { temperature: [0, 10, 20, 0, 10, 20] }, 1);
    expect(city?.[0]).not.toBe('Rome');
    expect(city?.[2]).not.toBe('Lima');
    expect(sequentialTrees(train, { city: ['Bonn'] }, 1)['rain']).toHaveLength(1);
  });
});
