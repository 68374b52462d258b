import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  categorical,
  concat,
  cvae,
  dense,
  gaussian,
  head,
  heads,
  hurdle,
  logNormal,
  normal,
  normalScores,
  predictor,
  print,
  relu,
} from 'cvae-compile';
import { exportModel } from 'cvae-compile/compiler';
import { csv } from 'cvae-compile/data';
import { open } from 'cvae-compile/runtime';
import { engineOf, evaluate, train } from 'cvae-compile/train';
import { drawSamples } from '../../src/cli/samples.ts';
import { readAll } from '../support/read-all.ts';
import { stream, uniform } from '../../src/random.ts';
import { chosen } from '../support/chosen.ts';

const SKIES = ['dry', 'wet'] as const;
const target = { rain: hurdle(normalScores(1)), warmth: normalScores(1), sky: categorical(...SKIES) };
const weather = cvae({
  condition: { month: categorical(4) },
  target,
  latent: 2,
  prior: ({ month }) => month.pipe(gaussian(2)),
  recognition: ({ y: { rain, warmth, sky }, month }) =>
    concat(rain, warmth, sky, month).pipe(dense(16), relu, gaussian(2)),
  decoder: ({ z, month }) => concat(z, month).pipe(dense(16), relu, heads(target)),
});

/** It rains on wet days, in tenths of a millimetre, and it is warmer in the middle of the year, by steps of 0.7 degrees. */
const rows = Array.from({ length: 400 }, (_, i) => {
  const chance = (what: string) => uniform(stream(1, what), i);
  const wet = chance('sky') < 0.4;
  return {
    month: i % 4,
    rain: wet ? Math.round(-50 * Math.log(1 - chance('rain'))) / 10 + 0.3 : 0,
    warmth: (7 * Math.round(1.4 * (10 - 6 * Math.cos((i % 4) * 1.57) + 4 * chance('warmth')))) / 10,
    sky: wet ? 1 : 0,
  };
});

const folder = mkdtempSync(join(tmpdir(), 'columns-'));
const out = join(folder, 'out');
afterAll(() => rmSync(folder, { recursive: true }));

const lines: string[] = [];
const trained = async (engine: 'onnx' | 'tfjs', epochs: number) =>
  train(weather, rows, {
    epochs,
    batch: 40,
    learningRate: 0.01,
    seed: 1,
    engine: await engineOf(engine),
    onLearned: (line) => lines.push(line),
  });
let weights: Awaited<ReturnType<typeof trained>>['weights'];
beforeAll(async () => {
  ({ weights } = await trained('onnx', 20));
  // Verified against the reference, draws included.
  await exportModel(weather, weights, { out, sampler: true, recognition: true, evaluationSamples: 2 });
});

test('it trains alike on both engines, and says first what it has learned of each column', async () => {
  lines.length = 0;
  const [own, other] = [await trained('onnx', 1), await trained('tfjs', 1)];
  for (const [name, value] of Object.entries(other.epochs[0]?.train ?? {}))
    expect(own.epochs[0]?.train[name], name).toBeCloseTo(value, 3);
  expect(lines.slice(0, 2)).toEqual([
    expect.stringMatching(/^rain: 0 is \d\d\.\d % of the rows; else 0\.\d to \d+\.\d( in \d+ values)?, 1 decimal$/),
    expect.stringMatching(/^warmth: [\d.]+ to [\d.]+ in \d+ values, 1 decimal$/),
  ]);
});

test('what is learned is of the part to train on alone', async () => {
  const validation = rows.slice(0, 100).map((row) => ({ ...row, warmth: 1000 + row.month }));
  const { weights: own } = await train(weather, { train: rows.slice(100), validation }, { epochs: 1, seed: 1 });
  expect(Math.max(...(own.get('scaling/warmth/values')?.data ?? []))).toBeLessThan(100);
});

test('draws are values of the columns, the same for a seed, in Node as in WebAssembly', async () => {
  const [native, wasm] = [await open<typeof weather>(out), await open<typeof weather>(out, { backend: 'wasm' })];
  const how = { count: 200, seed: 3, draw: true };
  const [a, b] = [await native.sample({ month: [0, 2] }, how), await wasm.sample({ month: [0, 2] }, how)];
  expect(a.rain.shape).toEqual([400, 1]);
  const [rains, warmths] = [
    new Set(rows.map((r) => Math.fround(r.rain))),
    new Set(rows.map((r) => Math.fround(r.warmth))),
  ];
  for (const value of a.warmth.data) expect(warmths.has(value)).toBe(true);
  for (const value of a.rain.data) {
    expect(Math.fround(Math.round(10 * value) / 10)).toBe(value);
    expect(value).toBeLessThanOrEqual(Math.max(...rains));
  }
  const dry = a.rain.data.filter((value) => value === 0).length / 400;
  expect(Math.abs(dry - 0.6)).toBeLessThan(0.12);
  // How much it rains does not depend on what decided that it rains.
  const amounts = (all: ArrayLike<number>) => Float32Array.from(Array.from(all).filter((x) => x > 0)).sort();
  const [wet, own] = [amounts(rows.map((r) => r.rain)), amounts(a.rain.data)];
  const quantile = (sorted: Float32Array, share: number) => sorted[Math.floor(share * sorted.length)] ?? NaN;
  expect(quantile(own, 0.5)).toBeGreaterThan(quantile(wet, 0.3));
  expect(quantile(own, 0.5)).toBeLessThan(quantile(wet, 0.7));
  expect(quantile(own, 0.9)).toBeGreaterThan(quantile(wet, 0.7));
  // A score may fall on the other side of an edge by float32's rounding: hardly any does.
  for (const name of ['rain', 'warmth', 'sky'] as const) {
    const unlike = a[name].data.filter((value, i) => value !== b[name].data[i]).length;
    expect(unlike, name).toBeLessThanOrEqual(1);
  }
  expect((await native.selfTest()).passed).toBe(true);
  const means = await native.mean({ month: 2 });
  expect([means.rain.shares?.length, means.warmth.score?.length]).toEqual([9, 1]);
  await native.close();
  await wasm.close();
});

test('a value far beyond its column is as unlikely as it is, and its posterior stays finite', async () => {
  const model = await open<typeof weather>(out);
  const of = (warmth: number) => ({ month: 1, rain: [0], warmth: [warmth], sky: 'dry' }) as const;
  const least = Math.min(...rows.map(({ warmth }) => warmth));
  const [inside, below, far] = [of(least), of(-(2 ** 20)), of(-(2 ** 30))];
  const [a, b] = [await model.encode(below), await model.encode(far)];
  expect(Array.from(b.mean.data)).toEqual(Array.from(a.mean.data));
  expect([...b.mean.data, ...b.deviation.data].every(Number.isFinite)).toBe(true);
  const scores: number[] = [];
  for (const one of [inside, below, far])
    scores.push(...(await model.logLikelihood(one, { samples: 4, seed: 1 })).values);
  const [likely = NaN, unlikely = NaN, farthest = NaN] = scores;
  expect(scores.every(Number.isFinite), `${scores}`).toBe(true);
  expect([likely - unlikely > 1000, unlikely > farthest], `${scores}`).toEqual([true, true]);
  await model.close();
});

test('rows of equal conditions have noise of their own where that is asked for', async () => {
  const model = await open<typeof weather>(out);
  const months = Array<number>(6).fill(1);
  const same = await model.sample({ month: months }, { seed: 1, draw: true });
  expect(new Set(same.warmth.data).size).toBe(1);
  const own = await model.sample({ month: months }, { seed: 1, draw: true, independent: true });
  expect(new Set(own.z.data).size).toBe(12);
  expect(new Set(own.warmth.data).size).toBeGreaterThan(2);
  // They are the samples of these numbers.
  const counted = await model.sample({ month: 1 }, { seed: 1, draw: true, count: 6 });
  for (const name of ['rain', 'warmth', 'sky'] as const) expect([...own[name].data]).toEqual([...counted[name].data]);
  const later = await model.sample({ month: [1, 1] }, { seed: 1, draw: true, count: 2, first: 2, independent: true });
  expect(later.warmth.data).toEqual(counted.warmth.data.slice(2));
  await model.close();
});

test('it is evaluated in nats per unit, from a table by names, and sampled into one', async () => {
  const path = join(folder, 'weather.csv');
  const text = rows.map(({ month, rain, warmth, sky }) => [month, rain, warmth, SKIES[sky]].join(','));
  writeFileSync(path, ['month,mm,degrees,sky', ...text].join('\n'));
  const data = await csv(path, {
    condition: { month: 'categorical' },
    target: { rain: { columns: ['mm'] }, warmth: { columns: ['degrees'] }, sky: 'categorical' },
    units: { mm: 'mm' },
  });
  const engine = await engineOf('onnx');
  const { importanceSampling } = await evaluate(weather, weights, data, { samples: 20, engine });
  const hundredths = rows.map((row) => ({ ...row, warmth: 100 * row.warmth }));
  const { weights: larger } = await train(weather, hundredths, { epochs: 20, batch: 40, learningRate: 0.01, seed: 1, engine }); // prettier-ignore
  const scaled = await evaluate(weather, larger, hundredths, { samples: 20, engine });
  // A density is per unit: the same in hundredths costs ln 100 more.
  expect((scaled.importanceSampling ?? NaN) - (importanceSampling ?? NaN)).toBeCloseTo(Math.log(100), 0);
  const drawn = await drawSamples(out, new Map([['month', ['3']]]), { count: 3, seed: 1, temperature: 1, draw: true });
  expect((await readAll(drawn.csv())).split('\n')[0]).toBe('month,sample,rain,warmth,sky');
  // A line of conditions, a line of a table, each with noise of its own.
  const table = await drawSamples(out, new Map(), { count: 1, seed: 1, temperature: 1, draw: true, conditions: path });
  const lines = (await readAll(table.csv())).trim().split('\n').slice(1);
  expect(lines.map((line) => line.split(',')[0])).toEqual(rows.map(({ month }) => `${month}`));
  expect(new Set(lines.map((line) => line.split(',').slice(2).join())).size).toBeGreaterThan(50);
  writeFileSync(join(folder, 'days.csv'), 'day\n1\n');
  const other = { count: 1, temperature: 1, conditions: join(folder, 'days.csv') } as const;
  await expect(drawSamples(out, new Map(), other)).rejects.toThrow('expected a column for each condition (month)');
  await expect(drawSamples(out, new Map([['month', ['1']]]), other)).rejects.toThrow(
    'conditions: expected them once, got --set month and --conditions; give one of these',
  );
});

describe('tables that are damaged are refused', () => {
  const damages = [
    ['edges', (data: Float32Array) => data.toReversed(), 'numbers that rise as scaling/warmth/edges'],
    ['scores', (data: Float32Array) => data.map(() => NaN), 'numbers that rise as scaling/warmth/scores'],
    [
      'form',
      (data: Float32Array) => data.map((x, i) => (i === 4 ? 0 : x)),
      'a range, decimals and a standard deviation',
    ],
  ] as const;
  test.each(chosen('damaged tables', damages, 1))('%s', async (table, damage, message) => {
    const name = `scaling/warmth/${table}`;
    const { shape = [], data = new Float32Array() } = weights.get(name) ?? {};
    const wrong = new Map([...weights, [name, { shape, data: damage(data) }]]);
    await expect(exportModel(weather, wrong, { out: join(folder, 'no') })).rejects.toThrow(message);
    await expect(evaluate(weather, wrong, rows)).rejects.toThrow(message);
    await expect(train(weather, rows, { weights: wrong, epochs: 1 })).rejects.toThrow(message);
  });
});

const hurdles = [
  ['normal', hurdle(normal(1, { sigma: 'learned' })), (x: number) => x],
  ['logNormal', hurdle(logNormal(1), { at: [0], masses: 2 }), Math.abs],
] as const;
test.each(chosen('hurdles', hurdles, 1))('a hurdle of %s is drawn from what files return', async (name, of, value) => {
  const model = cvae({
    condition: { wet: categorical(2) },
    target: of,
    latent: 1,
    recognition: ({ wet }) => wet.pipe(gaussian(1)),
    decoder: ({ z, wet }) => concat(z, wet).pipe(head(of)),
  });
  const data = rows.map(({ rain, sky }) => ({ wet: sky, y: rain === 0 ? 0 : value(rain) }));
  const { weights: own } = await train(model, data, {
    epochs: 30,
    batch: 40,
    learningRate: 0.05,
    seed: 1,
    engine: await engineOf('onnx'),
  });
  const place = join(folder, name);
  await exportModel(model, own, { out: place, evaluationSamples: 2, recognition: true });
  const opened = await open(place);
  const { data: drawn } = await opened.sample({ wet: [0, 1] }, { count: 400, seed: 1, draw: true });
  const zeros = (from: number) => drawn.slice(from, from + 400).filter((x) => x === 0).length;
  expect([zeros(0) > 380, zeros(400) < 20]).toEqual([true, true]);
  const { data: means } = await opened.mean({ wet: [0, 1] });
  expect(means[0]).toBeLessThan(0.5);
  const average = drawn.slice(400).reduce((sum, x) => sum + x / 400, 0);
  expect(Math.abs((means[1] ?? NaN) - average)).toBeLessThan(1.5);
  await opened.close();
});

test('half of the bits suffice for the weights, not for the tables, which stay exact', async () => {
  const place = join(folder, 'half');
  await exportModel(weather, weights, { out: place, precision: 'float16' });
  const opened = await open<typeof weather>(place);
  const { warmth } = await opened.sample({ month: [0, 1, 2, 3] }, { count: 50, seed: 1, draw: true });
  const held = new Set(rows.map((row) => Math.fround(row.warmth)));
  expect(warmth.data.every((value) => held.has(value))).toBe(true);
  await opened.close();
});

test('a target of columns alone can be trained on where it runs, or that is refused in words', async () => {
  const one = hurdle(normalScores(2));
  const model = cvae({
    condition: { wet: categorical(2) },
    target: one,
    latent: 1,
    recognition: ({ y, wet }) => concat(y, wet).pipe(dense(8), relu, gaussian(1)),
    decoder: ({ z, wet }) => concat(z, wet).pipe(head(one)),
  });
  const data = rows.map(({ rain, warmth, sky }) => ({ wet: sky, y: [rain, warmth] }));
  const { weights: own } = await train(model, data, { epochs: 2, batch: 40, seed: 1, engine: await engineOf('onnx') });
  const place = join(folder, 'trainable');
  await exportModel(model, own, { out: place, training: true });
  const opened = await open(place);
  const { data: drawn, shape } = await opened.sample({ wet: [0, 1] }, { count: 50, seed: 1, draw: true });
  expect(shape).toEqual([100, 2]);
  const held = new Set(data.flatMap(({ y }) => y.map(Math.fround)));
  expect(drawn.filter((_, i) => i % 2 === 1).every((value) => held.has(value))).toBe(true);
  await opened.close();
});

test('what a definition with columns is, is in its fingerprint', () => {
  const model = (masses: number) => {
    const one = hurdle(normalScores(1), { masses });
    return predictor({ condition: { wet: categorical(2) }, target: one, network: ({ wet }) => wet.pipe(head(one)) });
  };
  expect(print(model(2))).toContain('y: hurdle [1] masses=2 of normalScores cells=128');
  expect(print(model(2))).not.toBe(print(model(3)));
});
