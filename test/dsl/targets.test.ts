import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import {
  categorical,
  concat,
  cvae,
  dense,
  gaussian,
  heads,
  logNormal,
  normal,
  predictor,
  print,
  relu,
  squaredError,
  zeroInflated,
  type Tensor,
} from 'cvae-compile';
import { csv } from 'cvae-compile/data';
import { exportModel } from 'cvae-compile/compiler';
import { open, readManifest } from 'cvae-compile/runtime';
import {
  elbo,
  engineOf,
  evaluate,
  gsnn,
  hybrid,
  iwae,
  monteCarlo,
  train,
  withWeights,
  type Objective,
  type TrainingEngine,
} from 'cvae-compile/train';
import { drawSamples } from '../../src/cli/samples.ts';
import { readAll } from '../support/read-all.ts';
import { resolve } from '../../src/graph/resolve.ts';
import { uniform, stream } from '../../src/random.ts';

const SKIES = ['clear', 'cloudy', 'rain'] as const;
const targets = { rain: zeroInflated(logNormal(1)), temperature: normal(2), sky: categorical(...SKIES) };

const weather = cvae({
  condition: { month: categorical(12) },
  target: targets,
  latent: 3,
  recognition: ({ y: { rain, temperature, sky }, month }) =>
    concat(rain, temperature, sky, month).pipe(dense(16), relu, gaussian(3)),
  decoder: ({ z, month }) => concat(z, month).pipe(dense(16), relu, heads(targets)),
});

/** Days of weather: it rains on cloudy ones only, and it is warmer in the middle of the year. */
const rows = (count: number) =>
  Array.from({ length: count }, (_, i) => {
    const chance = (what: string) => uniform(stream(1, what), i);
    const month = i % 12;
    const sky = chance('sky') < 0.4 ? 'clear' : chance('rain') < 0.5 ? 'cloudy' : 'rain';
    const low = 12 - 10 * Math.cos((2 * Math.PI * month) / 12) + 4 * chance('low');
    return {
      month,
      sky,
      rain: sky === 'rain' ? Math.exp(3 * chance('amount') - 1) : 0,
      temperature: [low, low + 3 + 8 * chance('high')],
    };
  });

const folder = mkdtempSync(join(tmpdir(), 'targets-'));
afterAll(() => rmSync(folder, { recursive: true }));

const out = join(folder, 'out');

test('a model of several targets trains alike on both engines, and its loss is the sum of theirs', async () => {
  const once = async (engine: TrainingEngine): Promise<Readonly<Record<string, number>>> =>
    (await train(weather, rows(96), { epochs: 2, batch: 32, seed: 1, engine })).epochs.at(-1)?.train ?? {};
  const [own, other] = [await once(await engineOf('onnx')), await once(await engineOf('tfjs'))];
  for (const [name, value] of Object.entries(other)) expect(own[name], name).toBeCloseTo(value, 3);
  const parts = Object.keys(targets).map((name) => own[`reconstruction_${name}`] ?? NaN);
  expect(parts.reduce((sum, one) => sum + one)).toBeCloseTo(own['reconstruction'] ?? NaN, 4);
});

test('weights make targets count more in the loss, and what is reported stays in nats without them', async () => {
  const once = async (objective: Objective) =>
    (await train(weather, rows(48), { epochs: 1, batch: 48, seed: 1, validation: 0, objective })).epochs[0]?.train ??
    {};
  const [plain, weighted] = [await once(elbo()), await once(withWeights(elbo(), { rain: 3, sky: 0 }))];
  for (const name of ['reconstruction', 'reconstruction_rain', 'reconstruction_sky', 'kl'])
    expect(weighted[name], name).toBeCloseTo(plain[name] ?? NaN, 5);
  const { loss = NaN, reconstruction_rain: rain = NaN, reconstruction_sky: sky = NaN } = plain;
  expect(weighted['loss']).toBeCloseTo(loss + 2 * rain - sky, 4);
  await expect(once(withWeights(elbo(), { wind: 2 }))).rejects.toThrow(
    'withWeights: expected names of several targets (rain, temperature, sky), got wind',
  );
});

test.each([gsnn(), iwae(3), monteCarlo(2), hybrid(0.5)])(
  '$name reports each target too, and their sum',
  (objective) => {
    const graph = resolve(objective.body(weather), { mode: 'train' });
    expect(Object.keys(graph.outputs)).toEqual(
      expect.arrayContaining([
        'loss',
        'reconstruction',
        ...Object.keys(targets).map((name) => `reconstruction_${name}`),
      ]),
    );
  },
);

test('a target by itself has the likelihood that it has among several', async () => {
  // Networks of the same weights: what another target adds to the loss is its own −log p.
  const decoder = (names: readonly ('rain' | 'sky')[]) => {
    const target = Object.fromEntries(names.map((name) => [name, targets[name]]));
    return predictor({
      condition: { month: categorical(12) },
      target,
      network: ({ month }) => month.pipe(heads(target)),
    });
  };
  const nll = async (names: readonly ('rain' | 'sky')[]): Promise<number> => {
    const data = rows(48).map(({ month, ...all }) => ({
      month,
      ...Object.fromEntries(names.map((name) => [name, all[name]])),
    }));
    const { epochs } = await train(decoder(names), data, { epochs: 1, batch: 48, seed: 1, validation: 0 });
    return epochs[0]?.train['loss'] ?? NaN;
  };
  expect(await nll(['rain', 'sky'])).toBeCloseTo((await nll(['rain'])) + (await nll(['sky'])), 4);
});

test('it is exported with an output for each target, verified, evaluated and sampled', async () => {
  const { weights, names } = await train(weather, rows(240), {
    epochs: 30,
    learningRate: 0.01,
    batch: 32,
    seed: 1,
    engine: await engineOf('onnx'),
  });
  const { importanceSampling, negativeElbo, unit } = await evaluate(weather, weights, rows(48), { samples: 20 });
  expect([importanceSampling !== null && importanceSampling < negativeElbo, unit]).toEqual([true, 'nats']);
  await exportModel(weather, weights, {
    out,
    recognition: true,
    sampler: true,
    evaluationSamples: 4,
    ...(names && { names }),
  });
  const manifest = await readManifest(out);
  expect(Object.keys(manifest.files.decoder?.outputs ?? {})).toEqual(
    ['rain', 'rain_median', 'rain_logVar', 'rain_zero', 'rain_rest', 'temperature', 'sky'], // prettier-ignore
  );
  expect(Object.keys(manifest.files.recognition?.inputs ?? {}).toSorted()).toEqual([
    'month',
    'rain',
    'sky',
    'temperature',
  ]);

  const model = await open<typeof weather>(out);
  const { rain, temperature, sky, seed, z } = await model.sample(
    { month: [0, 6] },
    { count: 200, seed: 7, draw: true },
  );
  expect([rain.shape, temperature.shape, sky.shape, seed, z.shape]).toEqual([[400, 1], [400, 2], [400], 7, [400, 3]]);
  expect(rain.data.every((value) => value >= 0)).toBe(true);
  const dry = rain.data.filter((value) => value === 0).length / 400;
  expect(dry).toBeGreaterThan(0.4);
  expect(dry).toBeLessThan(0.95);
  expect(new Set(sky.data)).toEqual(new Set([0, 1, 2]));
  // In degrees, not in standard deviations.
  const warmth = (from: number) =>
    temperature.data.slice(from, from + 400).reduce((sum, value) => sum + value, 0) / 400;
  expect(warmth(400)).toBeGreaterThan(warmth(0) + 5);

  const means = await model.mean({ month: 3 });
  expect([means.rain.zero?.length, means.sky.shape]).toEqual([1, [1, 3]]);
  const decoded = await model.decode([0, 0, 0], { month: 3 });
  expect(decoded.temperature.data).toHaveLength(2);
  expect((await model.selfTest()).passed).toBe(true);
  await model.close();
});

test('a CSV file gives each target from columns of its own', async () => {
  const path = join(folder, 'weather.csv');
  const lines = rows(60).map(({ month, sky, rain, temperature }) => [month, sky, rain, ...temperature].join(','));
  writeFileSync(path, ['month,sky,rain,low,high', ...lines].join('\n'));
  const data = await csv(path, {
    condition: { month: 'categorical' },
    target: { sky: 'categorical', rain: 'continuous', temperature: { columns: ['low', 'high'] } },
  });
  const { epochs, names } = await train(weather, data, { epochs: 1, seed: 1, validation: 0 });
  expect(names?.['temperature']?.elements).toEqual(['low', 'high']);
  const { epochs: own } = await train(weather, rows(60), { epochs: 1, seed: 1, validation: 0 });
  expect(epochs[0]?.train['loss']).toBeCloseTo(own[0]?.train['loss'] ?? NaN, 4);
  await expect(csv(path, { condition: { month: 'categorical' }, target: { month: 'categorical' } })).rejects.toThrow(
    'csv: expected a name that no condition has as a target',
  );
});

test('the command line samples it into columns by name', async () => {
  const drawn = await drawSamples(out, new Map([['month', ['3']]]), { count: 5, seed: 1, temperature: 1, draw: true });
  const [header, ...lines] = (await readAll(drawn.csv())).trim().split('\n');
  expect(header).toBe('month,sample,rain,temperature_1,temperature_2,sky');
  expect(lines).toHaveLength(5);
  for (const line of lines) expect(SKIES).toContain(line.split(',').at(-1));
  const first: unknown = JSON.parse((await readAll(drawn.jsonl())).split('\n')[0] ?? '');
  expect(first).toMatchObject({ month: 3, sample: 0, temperature: [expect.any(Number), expect.any(Number)] });
  await expect(drawn.picture()).rejects.toThrow(/expected a single target as a picture, got several/);
});

describe('what several targets cannot be is refused in words', () => {
  // As from JavaScript, whose users TypeScript does not help.
  const define = (target: object, more: object = {}): unknown =>
    Reflect.apply(cvae, undefined, [
      {
        condition: { month: categorical(12) },
        target,
        latent: 2,
        decoder: ({ z, month }: Record<'z' | 'month', Tensor<[2]>>) =>
          concat(z, month).pipe(heads(target as typeof targets)),
        ...more,
      },
    ]);
  const { temperature } = targets;

  test.each([
    [{ month: temperature }, {}, 'target.month: expected outputs of names of their own, got month twice'],
    [
      { z: temperature },
      {},
      'target.z: expected a name of letters, digits and _ of its own, got the reserved z; rename it',
    ],
    [
      { seed: temperature },
      {},
      'target.seed: expected a name of letters, digits and _ of its own, got the reserved seed',
    ],
    [
      { temperature: normal(2, { mask: true }), temperature_mask: temperature },
      {},
      'target.temperature_mask: expected outputs of names of their own, got temperature_mask twice',
    ],
    [
      { temperature: normal(2, { mask: 'cloud' }) },
      {},
      'target.temperature: expected a condition as mask, from which pictures show what is given, got cloud',
    ],
    [
      { temperature: squaredError(2) },
      {},
      'target.temperature: expected a likelihood, as −log p of all targets is added up',
    ],
    [
      { a: temperature, b: { distribution: 'none' } },
      {},
      'target.b: expected a distribution such as bernoulli(784), got',
    ],
    [
      { temperature },
      { decoder: () => 3 },
      'decoder: expected an output for each target (temperature), got 3; return a record',
    ],
    [
      { temperature },
      { decoder: ({ z }: Record<'z', Tensor<[2]>>) => ({ temperature: z, wind: z }) },
      'decoder: expected an output for each target (temperature), got also wind; leave it out',
    ],
    [
      { temperature },
      { decoder: ({ z }: Record<'z', Tensor<[2]>>) => ({ temperature: z.pipe(dense(3)) }) },
      'decoder, temperature/dense_1: expected [2], as the target, got [3]',
    ],
    [
      { temperature },
      { recognition: ({ y }: { readonly y: Record<string, Tensor<[2]>> }) => y['wind']?.pipe(gaussian(2)) },
      'recognition, y: expected one of temperature, got wind; use what it is given',
    ],
  ])('%#', (target, more, sentence) => {
    expect(() => define(target, more)).toThrow(sentence);
  });

  test('its data', async () => {
    const without = rows(4).map(({ month, rain, temperature }) => ({ month, rain, temperature }));
    await expect(train(weather, without, { epochs: 1 })).rejects.toThrow('got no sky');
    await expect(train(weather, { month: [1], rain: [0], temperature: [[1, 2]] }, { epochs: 1 })).rejects.toThrow(
      "data: expected a column sky, got month, rain, temperature; give sky, or rename the definition's variable",
    );
  });
});

test('print names each target, and a head is named after its target', () => {
  expect(print(weather)).toMatch(/ {2}y\.rain: zeroInflated \[1\]\n {2}y\.temperature: normal \[2\] sigma=1\n/);
  expect(print(weather)).toContain('decoder/temperature_1/mean/kernel: [16, 2]');
});
