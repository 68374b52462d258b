import { describe, expect, test } from 'vitest';
import { hurdle, logNormal, normal, normalScores } from 'cvae-compile';
import type { Target } from '../../src/dsl/target.ts';
import { learnColumns } from '../../src/train/columns.ts';
import { fromScores, toScores } from '../../src/layers/normal-scores.ts';
import { columnTables } from '../../src/dsl/column-tables.ts';
import { normals, stream, uniforms } from '../../src/random.ts';
import { compute } from '../layers/compute.ts';
import { chosen } from '../support/chosen.ts';

const ROWS = 1200;
const CELLS = 64;

/** Columns of several kinds, 1,200 rows of each. */
const noise = uniforms(stream(1, 'column'), ROWS, 1);
const from = (value: (u: number, i: number) => number): Float32Array => noise.map(value);
const columns: Readonly<Record<string, Float32Array>> = {
  rain: from((u) => (u < 0.57 ? 0 : Math.round(-80 * Math.log((1 - u) / 0.43)) / 10 + 0.3)),
  temperature: from((u) => Math.round(10 * (12 + 8 * Math.sin(7 * u) + 5 * u)) / 10),
  counts: from((u) => Math.floor(-4 * Math.log(1 - u))),
  'few values': from((u) => [3.4, 10.57626, 13.73189, 58.6][Math.floor(4 * u)] ?? 0),
  'two values': from((u) => (u < 0.9 ? 1 : 0)),
  'a constant': from(() => 7.5),
  'all different': from((u, i) => Math.exp(3 * u) + i * 1e-6),
  'many values, again and again': from((u) => Math.floor(400 * u * u) + 0.123457),
  'huge numbers': from((u, i) => (1 + u + i * 1e-5) * 1e30),
  'tiny numbers': from((u) => u * 1e-30),
  'a large mean': from((u) => 1e6 + Math.round(200 * u) / 2),
  'whole numbers, most of them small': from((u) => Math.round(400 * Math.exp(14 * u * u))),
  'negative numbers': from((u) => -Math.round(100 * u * u)),
  'a mass in the middle': from((u) => (u > 0.4 && u < 0.6 ? 5 : Math.round(1000 * u) / 100)),
};

const learn = (target: Target, data: Float32Array) =>
  learnColumns({ y: target }, { count: data.length, columns: { y: { shape: [1], data, scale: 1 } } });

/** Numbers of one element each. */
const given = (data: ArrayLike<number>, shape = [1]) => ({ shape, data: Array.from(data) });
const repeated = (values: readonly number[], count: number) => Array.from({ length: count }, () => values).flat();

describe.each(chosen('columns', Object.entries(columns), 5))('%s', (name, data) => {
  const target: Target = hurdle(normalScores(1, { cells: CELLS }));
  const { weights, columns: found } = learn(target, data);
  const [{ masses = [], least = 0, most = 0, isGrid, decimals } = {}] = found['y'] ?? [];
  const heavy = new Set(masses.map(([value]) => value));
  const others = [...new Set(data)].filter((value) => !heavy.has(value)).sort((a, b) => a - b);
  const table = (key: string): readonly number[] => Array.from(weights.get(`scaling/y/${key}`)?.data ?? []);

  test('the values of more than 5 % of the rows are its masses', () => {
    const shares = [...new Set(data)].map((value) => data.filter((other) => other === value).length / ROWS);
    expect(heavy.size).toBe(Math.min(8, shares.filter((share) => share > 0.05).length));
    for (const [value, share] of masses)
      expect(data.filter((other) => other === value).length / ROWS).toBeCloseTo(share);
  });

  test('values come back from their scores', () => {
    if (others.length === 0) return;
    const { score = [], back = [] } = compute(
      { y: given(others) },
      ({ y }) => {
        const tables = columnTables('y', [1], CELLS);
        const { score } = toScores(y!, tables);
        return { score, back: fromScores(score, tables) };
      },
      weights,
    );
    for (const [i, value] of others.entries()) {
      // Of more values than cells only the most frequent come back.
      if (isGrid && others.length > CELLS) expect(others).toContain(Math.fround(back[i] ?? NaN));
      else if (isGrid || decimals !== undefined) expect(Math.fround(back[i] ?? NaN)).toBe(value);
      else expect(Math.abs((back[i] ?? NaN) - value)).toBeLessThan(1e-5 * (most - least));
      if (i > 0) expect(score[i]).toBeGreaterThan(score[i - 1] ?? NaN);
    }
    // A normal's quantiles: between the edges of a standard normal of as many rows.
    expect(Math.max(...score.map(Math.abs))).toBeLessThan(5);
  });

  test('probabilities of masses, and the density of everything else, add up to 1', () => {
    const parameters = { mean: [0.2], logVar: [-1], massLogits: Array.from({ length: 9 }, (_, i) => Math.sin(i)) };
    const nll = (y: readonly number[]): readonly number[] =>
      compute(
        {
          y: given(y),
          ...Object.fromEntries(
            Object.entries(parameters).map(([key, values]) => [
              key,
              given(repeated(values, y.length), target.parameters[key]?.slice()),
            ]),
          ),
        },
        ({ y, ...p }) => target.nll(p, y!),
        weights,
      )['output'] ?? [];
    const atMasses = heavy.size === 0 ? 0 : nll([...heavy]).reduce((sum, value) => sum + Math.exp(-value), 0);
    if (others.length === 0) return expect(atMasses).toBeCloseTo(1, 6);
    const edges = table('edges');
    const steps = 8;
    const widths = edges.slice(1).flatMap((edge, i) => Array<number>(steps).fill((edge - (edges[i] ?? 0)) / steps));
    const middles = edges
      .slice(1)
      .flatMap((edge, i) =>
        Array.from({ length: steps }, (_, k) => (edges[i] ?? 0) + ((edge - (edges[i] ?? 0)) * (k + 0.5)) / steps),
      );
    const dense = nll(middles).reduce((sum, value, i) => sum + Math.exp(-value) * (widths[i] ?? 0), 0);
    expect(dense + atMasses).toBeGreaterThan(0.97);
    expect(dense + atMasses).toBeLessThan(1.01);
  });

  test('draws are values that it may have, distributed as it is, and their mean is the file’s', () => {
    const logits = [1 - masses.reduce((sum, [, share]) => sum + share, 0), ...masses.map(([, share]) => share)];
    const parameters = {
      mean: [0],
      logVar: [0],
      massLogits: Array.from({ length: 9 }, (_, i) => Math.log(Math.max(logits[i] ?? 0, 1e-9))),
    };
    const count = 2000;
    const all = (rows: number) =>
      Object.fromEntries(
        Object.entries(parameters).map(([key, values]) => [
          key,
          given(repeated(values, rows), target.parameters[key]?.slice()),
        ]),
      );
    const { output: drawn = [] } = compute(
      {
        ...all(count),
        uniform: given(uniforms(stream(2, 'draw'), count, 1)),
        normal: given(normals(stream(3, 'draw'), count, 1)),
      },
      ({ uniform, normal, ...p }) => target.draws!.value(p, { uniform: uniform!, normal: normal! }),
      weights,
    );
    const values = new Set(data);
    for (const value of drawn) {
      const held = Math.fround(value);
      if (isGrid || heavy.has(held)) expect(values.has(held)).toBe(true);
      else {
        expect(held).toBeGreaterThanOrEqual(least);
        expect(held).toBeLessThanOrEqual(most);
        if (decimals !== undefined) expect(Math.fround(Math.round(held * 10 ** decimals) / 10 ** decimals)).toBe(held);
      }
    }
    // Kolmogorov and Smirnov's distance of two samples, of which 1.95·√((n + m)/(n·m)) is exceeded once in a thousand times.
    expect(distance(data, Float32Array.from(drawn))).toBeLessThan(1.95 * Math.sqrt((ROWS + count) / (ROWS * count)));
    const { output: [mean = NaN] = [] } = compute(all(1), (p) => target.mean(p).y, weights);
    const average = drawn.reduce((sum, value) => sum + value / count, 0);
    const spread = Math.sqrt(drawn.reduce((sum, value) => sum + (value - average) ** 2 / count, 0));
    expect(Math.abs(mean - average)).toBeLessThan((4 * spread) / Math.sqrt(count) + 1e-6 * Math.abs(average));
  });

  test('training spreads values over what rounds to them, and masses not at all', async () => {
    const { spreadColumns } = await import('../../src/train/columns.ts');
    const { batch } = await import('cvae-compile/data');
    const examples = { count: ROWS, columns: { y: { shape: [1], data, scale: 1 } } };
    const spread = spreadColumns({ y: target }, examples, weights);
    const indices = Array.from({ length: ROWS }, (_, i) => i);
    const { y = new Float32Array() } = batch(spread, indices, { y: target }, { seed: 1, epoch: 1 });
    const { back = [] } = compute(
      { y: given(y) },
      ({ y }) => {
        const tables = columnTables('y', [1], CELLS);
        return { back: fromScores(toScores(y!, tables).score, tables) };
      },
      weights,
    );
    let moved = 0;
    for (const [i, value] of data.entries()) {
      if (y[i] !== value) moved++;
      if (heavy.has(value)) expect(y[i], name).toBe(value);
      // In the middle of an edge it may round to either side.
      else if (isGrid && others.length > CELLS) continue;
      else if (isGrid)
        expect(Math.abs(others.indexOf(Math.fround(back[i] ?? NaN)) - others.indexOf(value))).toBeLessThan(2);
      else if (decimals !== undefined)
        expect(Math.abs((y[i] ?? 0) - value)).toBeLessThanOrEqual(0.5001 * 10 ** -decimals);
      else expect(y[i]).toBe(value);
    }
    if (isGrid && others.length > 1) expect(moved).toBeGreaterThan(0);
  });
});

/** The largest distance of two empirical distribution functions. */
const distance = (a: Float32Array, b: Float32Array): number => {
  const [x, y] = [a.toSorted(), b.toSorted()];
  const below = (sorted: Float32Array, value: number) =>
    sorted.filter((other) => other <= value).length / sorted.length;
  return Math.max(...[...new Set([...x, ...y])].map((value) => Math.abs(below(x, value) - below(y, value))));
};

describe('what cannot be learned is refused in words', () => {
  test.each([
    [normalScores(1), [1, 2e35], 'y: expected values to learn from of at most 1e+35, got 2'],
    [
      hurdle(logNormal(1)),
      [1, 2, -3],
      'data: y has -3, not a positive number, and no mass; name it in at, or choose a',
    ],
  ] as const)('of %o', (target, values, message) => {
    // Rows enough that none of the values is a mass.
    const data = Float32Array.from({ length: 100 }, (_, i) => values[i] ?? 1 + i);
    expect(() => learn(target, data)).toThrow(message);
  });

  test('of whole numbers of which some are larger than float32 can distinguish, only whole ones are drawn', () => {
    const data = columns['whole numbers, most of them small'] ?? new Float32Array();
    expect(Math.max(...data)).toBeGreaterThan(2 ** 25);
    const { columns: found } = learn(normalScores(1, { cells: CELLS }), data);
    expect(found['y']?.[0]).toMatchObject({ decimals: 0, isGrid: false });
    const few = data.map((value, i) => (i < 30 ? value : value + 2 ** 24));
    expect(learn(normalScores(1, { cells: CELLS }), few).columns['y']?.[0]).toMatchObject({ decimals: 0 });
    // Of numbers that are all that large, nothing is known.
    const { columns: others } = learn(
      normalScores(1, { cells: CELLS }),
      data.map((value) => value + 2 ** 24),
    );
    expect(others['y']?.[0]).not.toHaveProperty('decimals');
  });

  test('a value that at names is a mass however rare it is', () => {
    const data = Float32Array.from({ length: 100 }, (_, i) => (i === 0 ? 0 : 1 + i));
    const { columns: found, weights } = learn(hurdle(logNormal(1), { at: [0], masses: 1 }), data);
    expect(found['y']?.[0]?.masses).toEqual([[0, 0.01]]);
    expect(weights.get('scaling/y/present')?.data).toEqual(Float32Array.of(1, 1));
  });

  test('what is not a mass is what the density’s mean and deviation are of', () => {
    const data = Float32Array.from({ length: 100 }, (_, i) => (i < 50 ? 0 : 10 + (i % 2)));
    const { weights } = learn(hurdle(normal(1), { masses: 1 }), data);
    const form = weights.get('scaling/y/form')?.data ?? [];
    expect([form[3], form[4]]).toEqual([10.5, 0.5]);
  });
});
