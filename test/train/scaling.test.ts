import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  add,
  bernoulli,
  concat,
  continuous,
  cvae,
  dense,
  exp,
  gaussian,
  image,
  mul,
  normal,
  relu,
  squaredError,
} from 'cvae-compile';
import { binarise, csv, digits, unscaled, withScaling, type Data, type Example } from 'cvae-compile/data';
import { Diverged, train, usualEngine, type TrainingEngine } from 'cvae-compile/train';
import { toDataset } from '../../src/data/convert.ts';
import { normals, stream } from '../../src/random.ts';

let engine: TrainingEngine;
let folder = '';
beforeAll(async () => {
  engine = await usualEngine();
  folder = await mkdtemp(join(tmpdir(), 'scaling-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Days of a year, and what the weather was: temperature and pressure in hPa, far from 0. */
const noise = normals(stream(1, 'weather'), 600, 2);
const days = Array.from({ length: 600 }, (_, i) => i % 365);
const weather = days.map((day, i) => [
  Number((12 - 14 * Math.cos((2 * Math.PI * day) / 365) + 2 * (noise[2 * i] ?? 0)).toFixed(1)),
  Number((1013 + 8 * (noise[2 * i + 1] ?? 0)).toFixed(1)),
]);

const model = cvae({
  condition: { day: continuous(1) },
  target: normal(2, { sigma: 'learned' }),
  latent: 2,
  recognition: ({ y, day }) => concat(y, day).pipe(dense(16), relu, gaussian(2)),
  decoder: ({ z, day }) => concat(z, day).pipe(dense(16), relu, gaussian(2)),
});

describe('numbers are standardised alike', () => {
  it('whether they come as columns, as rows, in time, or from a CSV file: the same loss to the bit', async () => {
    const path = join(folder, 'weather.csv');
    const lines = weather.map(([temperature, pressure], i) => `${days[i]},${temperature},${pressure}`);
    await writeFile(path, `day,temperature,pressure\n${lines.join('\n')}\n`);
    const rows: readonly Example[] = weather.map((y, i) => ({ day: days[i] ?? 0, y }));
    const sources: Readonly<Record<string, Data>> = {
      csv: () => csv(path, { condition: { day: 'continuous' }, target: ['temperature', 'pressure'] }),
      columns: { day: days, y: weather },
      'flat columns': { day: Float32Array.from(days), y: Float32Array.from(weather.flat()) },
      parts: { train: { day: days, y: weather } },
      rows,
      'in time': (async function* () {
        yield* rows;
      })(),
      'a dataset without scaling': {
        name: 'own',
        train: {
          count: 600,
          columns: {
            day: { shape: [1], data: Float32Array.from(days), scale: 1 },
            y: { shape: [2], data: Float32Array.from(weather.flat()), scale: 1 },
          },
        },
      },
    };
    const losses = new Map<string, number>();
    for (const [name, data] of Object.entries(sources)) {
      const { epochs, weights } = await train(model, data, { epochs: 1, engine, seed: 3 });
      losses.set(name, epochs[0]?.train['loss'] ?? NaN);
      expect(weights.get('scaling/y/mean')?.data[1]).toBeCloseTo(1013, -1);
    }
    expect([...new Set(losses.values())], JSON.stringify([...losses])).toHaveLength(1);
    // As it was with arrays: 10⁵ and more.
    expect([...losses.values()][0]).toBeLessThan(20);
  });

  it('but not images, not what has bounds, and not bytes with a scale of their own', async () => {
    const variables = (target: object, condition: object) => ({ ...condition, y: target }) as never;
    const pictures = { x: [[0, 0.5, 1, 0.25]], y: [[0.5, 0.1, 0.2, 0.3]] };
    const of = async (data: Data, target: object, condition: object) =>
      (await toDataset(data, variables(target, condition))).scaling;
    expect(await of(pictures, bernoulli(4), { x: image(2, 2, 1) })).toBeUndefined();
    expect(await of(pictures, normal(2, 2, 1), { x: image(2, 2, 1) })).toBeUndefined();
    expect(await of(pictures, squaredError(4, { image: [2, 2, 1] }), { x: image(2, 2, 1) })).toBeUndefined();
    expect(Object.keys((await of(pictures, squaredError(4), { x: continuous(4) })) ?? {})).toEqual(['x', 'y']);
    expect(await of(digits, normal(784), {})).toBeUndefined();
    expect(await of(async () => binarise()(await digits()), normal(784), {})).toBeUndefined();
    const ages = { x: { data: Uint8Array.of(20, 40) }, y: [1, 2] };
    expect((await of(ages, normal(1), { x: continuous(1) }))?.['x']).toEqual({ mean: [30], deviation: [10] });
  });

  it('and a field of numbers that are no pixels, though it has three axes: by channel, of what a mask counts', async () => {
    // Kelvin at four places, and a wind: pixels would be from 0 to 1.
    const fields = Array.from({ length: 4 }, (_, i) => [280 + i, i, 282 + i, i, 284 + i, -i, 286 + i, -i]);
    const kelvin = 283 + 1.5;
    const spread = Math.sqrt(5 + 1.25);
    const of = async (target: ReturnType<typeof normal<[2, 2, 2]>>, y: Data) =>
      (await toDataset(y, { y: target })).scaling?.['y'];
    const scale = await of(normal(2, 2, 2), { y: fields });
    const rounded = (values: readonly number[] | undefined) => values?.map((value) => Number(value.toFixed(6)));
    const [mean, deviation] = [rounded(scale?.mean), rounded(scale?.deviation)];
    expect(mean).toEqual([kelvin, 0, kelvin, 0, kelvin, 0, kelvin, 0]);
    expect(deviation?.slice(0, 2)).toEqual(rounded([spread, Math.sqrt(3.5)]));
    const pixels = fields.map((field) => field.map((value) => Math.abs(value) / 300));
    expect(await of(normal(2, 2, 2), { y: pixels })).toBeUndefined();
    // What a mask leaves out may hold anything.
    const masked = pixels.map((field) => [999, ...field.slice(1)]);
    const mask = pixels.map(() => [0, 1, 1, 1, 1, 1, 1, 1]);
    const unseen = await toDataset({ y: masked, mask }, { y: normal(2, 2, 2, { mask: true }) });
    expect(unseen.scaling?.['y']).toBeUndefined();
  });

  it('unless the data or the options say otherwise', async () => {
    const data = { day: days, y: weather };
    const variables = { ...model.condition, y: model.target };
    const dataset = await toDataset(data, variables);
    expect((await toDataset(unscaled(dataset, ['day']), variables)).scaling).toEqual({
      day: { mean: [0], deviation: [1] },
      y: dataset.scaling?.['y'],
    });
    expect((await toDataset(unscaled(dataset), variables)).scaling?.['y']).toEqual({ mean: [0, 0], deviation: [1, 1] });
    const raw = await train(model, { day: days.map((day) => day / 365), y: weather.map(([t = 0, p = 0]) => [t / 10, (p - 1013) / 10]) }, { epochs: 1, engine, scaling: false }); // prettier-ignore
    expect([...(raw.weights.get('scaling/y/deviation')?.data ?? [])]).toEqual([1, 1]);
    const own = withScaling(await toDataset(data, variables), ['y']);
    expect((await toDataset(own, variables)).scaling).toEqual(own.scaling);
  });

  it('by what a mask counts, since the rest is filled in', async () => {
    const target = normal(1, { mask: true });
    const { scaling } = await toDataset({ y: [[10], [0], [30]], mask: [[1], [0], [1]] }, { y: target });
    expect(scaling?.['y']).toEqual({ mean: [20], deviation: [10] });
    const none = await toDataset({ y: [[10], [0]], mask: [[0], [0]] }, { y: target });
    expect(none.scaling?.['y']).toEqual({ mean: [0], deviation: [1] });
  });
});

describe('a first loss that is not finite', () => {
  const plain = cvae({
    condition: { size: continuous(1) },
    target: normal(2),
    latent: 2,
    recognition: ({ y, size }) => concat(y, size).pipe(dense(8), relu, gaussian(2)),
    decoder: ({ z, size }) => concat(z, size).pipe(dense(8), relu, dense(2)),
  });
  const data = { size: days, y: weather.map(([t = 0]) => [t * 1e20, 1e19]) };

  it('is reported with the variable, its mean and deviation, and no word of a smaller learning rate', async () => {
    const failed = train(plain, data, { epochs: 1, engine, scaling: false });
    await expect(failed).rejects.toThrow(Diverged);
    await expect(failed).rejects.toThrow(
      /^train: expected a finite loss, got (Infinity|NaN) at step 1 \(epoch 1\) of the model; no learning rate helps at the first step, whose batch has y of mean \S+e\+\d+ and standard deviation \S+e\+\d+, not standardised; standardise it: leave out scaling: false, or give withScaling\(data\)$/,
    );
  });

  it('is looked for in the definition where no number of the data is large', async () => {
    const steep = cvae({
      condition: { size: continuous(1) },
      target: normal(2),
      latent: 2,
      recognition: ({ y, size }) => concat(y, size).pipe(dense(8), relu, gaussian(2)),
      decoder: ({ z, size }) => add(exp(exp(mul(size, size).pipe(dense(2)))), exp(add(z.pipe(dense(2)), 1e3))),
    });
    const failed = train(steep, { size: days, y: weather }, { epochs: 1, engine });
    await expect(failed).rejects.toThrow(
      /at the first step, whose batch has \w+ of mean .*; look for what overflows in the definition, such as exp, and put clip before it$/,
    );
  });

  it('does not come about where the numbers are standardised', async () => {
    const { epochs } = await train(plain, data, { epochs: 1, engine });
    expect(epochs[0]?.train['loss']).toBeLessThan(200);
  });
});
