import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  anyPart,
  concat,
  continuous,
  cvae,
  dense,
  flatten,
  gaussian,
  heads,
  logNormal,
  normal,
  poisson,
} from 'cvae-compile';
import { zeroInflated } from 'cvae-compile';
import { exportModel } from 'cvae-compile/compiler';
import { open, trainer, type Model, type Trainer } from 'cvae-compile/runtime';
import { train } from 'cvae-compile/train';

const folder = mkdtempSync(join(tmpdir(), 'cvae-given-'));
const [out, parts] = [join(folder, 'day'), join(folder, 'parts')];
const opened: (Model | Trainer)[] = [];
afterAll(async () => {
  for (const one of opened) await one.close();
  rmSync(folder, { recursive: true });
});

const day = { rain: zeroInflated(logNormal(1)), calls: poisson(1), wind: normal(3, 2) };
const model = cvae({
  condition: { place: continuous(2, 2) },
  target: day,
  latent: 2,
  recognition: ({ y: { rain, calls, wind }, place }) =>
    concat(rain, calls, wind.pipe(flatten), place.pipe(flatten)).pipe(gaussian(2)),
  decoder: ({ z, place }) => concat(z, place.pipe(flatten)).pipe(dense(8), heads(day)),
});
const rows = Array.from({ length: 40 }, (_, i) => ({
  place: [
    [i % 3, i % 4],
    [i % 5, -i],
  ],
  rain: i % 2 ? 0 : 1 + (i % 7),
  calls: i % 6,
  wind: [0, 1, 2].map((step) => [step, Math.sin(i + step)]),
}));
const flat = rows.map(({ place, wind, ...row }) => ({ ...row, place: place.flat(), wind: wind.flat() }));

const pair = { rain: logNormal(1), wind: normal(1) };
const some = cvae({
  condition: {},
  target: pair,
  latent: 1,
  known: anyPart(),
  prior: ({ known: { rain, rain_mask, wind, wind_mask } }) =>
    concat(rain, rain_mask, wind, wind_mask).pipe(gaussian(1)),
  recognition: ({ y, known: { rain_mask, wind_mask } }) =>
    concat(y.rain, y.wind, rain_mask, wind_mask).pipe(gaussian(1)),
  decoder: ({ z, known: { rain, rain_mask, wind, wind_mask } }) =>
    concat(z, rain, rain_mask, wind, wind_mask).pipe(dense(8), heads(pair)),
});

let asked: Model;
const learner = async (path: string): Promise<Trainer> => {
  const one = await trainer(path, { seed: 1 });
  opened.push(one);
  return one;
};

beforeAll(async () => {
  const { weights } = await train(model, rows, { epochs: 1, seed: 1 });
  await exportModel(model, weights, { out, training: true, recognition: true, evaluationSamples: 4 });
  const pairs = Array.from({ length: 40 }, (_, i) => ({ rain: 1 + (i % 5), wind: Math.sin(i) }));
  const { weights: of } = await train(some, pairs, { epochs: 1, seed: 1 });
  await exportModel(some, of, { out: parts, training: true, recognition: true });
  asked = await open(out);
  opened.push(asked);
});

describe('lists within lists', () => {
  it('are one value, or a batch of values, wherever values are given', async () => {
    const columns = (of: readonly Readonly<Record<string, unknown>>[]) =>
      Object.fromEntries(Object.keys(rows[0] ?? {}).map((name) => [name, of.map((row) => row[name])]));
    const [nested, listed] = [columns(rows.slice(0, 3)), columns(flat.slice(0, 3))];
    expect((await asked.encode(nested)).mean).toEqual((await asked.encode(listed)).mean);
    const [one, same] = [rows[1] ?? {}, flat[1] ?? {}];
    expect((await asked.encode(one)).mean).toEqual((await asked.encode(same)).mean);
    expect((await asked.logLikelihood(one)).values).toEqual((await asked.logLikelihood(same)).values);
    const place = rows[1]?.place;
    expect((await asked.sample({ place }, { seed: 1 })).z).toEqual(
      (await asked.sample({ place: place?.flat() }, { seed: 1 })).z,
    );
    expect(await (await learner(out)).step(nested)).toEqual(await (await learner(out)).step(listed));
    expect(await (await learner(out)).step(one)).toEqual(await (await learner(out)).step(same));
  });
});

describe('a value that the likelihood does not have', () => {
  const refusal = 'expected values as those trained on, got';
  it.each([
    [{ rain: -1 }, `rain: ${refusal} -1, not a positive number, in row 0; correct it`],
    [{ calls: 1.5 }, `calls: ${refusal} 1.5, not a count, in row 0; correct it`],
    [{ calls: [0, -2] }, `calls: ${refusal} -2, not a count, in row 1; correct it`],
  ])('is refused by all that are given examples: %j', async (wrong, message) => {
    const given = { ...flat[0], ...wrong };
    await expect(asked.logLikelihood(given)).rejects.toThrow(message);
    await expect(asked.encode(given)).rejects.toThrow(message);
    await expect(asked.reconstruct(given)).rejects.toThrow(message);
    const batch = Object.fromEntries(
      Object.entries(given).map(([name, value]) => [name, name in wrong ? value : [value, value]]),
    );
    const two = Object.entries(wrong).flatMap(([name, value]) =>
      Array.isArray(value) ? [] : [[name, [value, value]]],
    );
    await expect((await learner(out)).step({ ...batch, ...Object.fromEntries(two) })).rejects.toThrow(message);
  });

  it('is refused as what is known, but not as what is missing', async () => {
    const model = await open(parts);
    opened.push(model);
    await expect(model.impute({ rain: -1, wind: null })).rejects.toThrow(`rain: ${refusal} -1, not a positive number`);
    const { rain } = Object(await model.impute({ rain: null, wind: 1 }, { seed: 1 }));
    expect(rain.data[0]).toBeGreaterThan(0);
  });
});

describe('a step of a model that is given parts of its target', () => {
  const y = { rain: [1, 2, 3], wind: [0, 1, -1] };
  const one = [1, 1, 1];

  it('counts what is not known, without a mask', async () => {
    const given = { ...y, known_rain: [1, null, 3], known_wind: [null, 1, -1] };
    const masks = { rain_mask: [0, 1, 0], wind_mask: [1, 0, 0] };
    expect(await (await learner(parts)).step(given)).toEqual(await (await learner(parts)).step({ ...given, ...masks }));
  });

  it('counts everything if nothing is known', async () => {
    const found = await (await learner(parts)).step(y);
    expect(found).toEqual(await (await learner(parts)).step({ ...y, rain_mask: one, wind_mask: one }));
    expect(found['reconstruction_rain']).toBeGreaterThan(0);
  });

  it('counts nothing if everything is known', async () => {
    const found = await (await learner(parts)).step({ ...y, known_rain: y.rain, known_wind: y.wind });
    expect(found).toMatchObject({ reconstruction_rain: 0, reconstruction_wind: 0 });
  });
});

describe('what is no example, or no condition', () => {
  const one = flat[0] ?? {};

  it('is refused in words, and what is known by the name of its target', async () => {
    await expect(asked.reconstruct(one, { as: JSON.parse('null') })).rejects.toThrow(
      'as: expected an object of conditions, got null; correct it',
    );
    await expect(asked.neighbours(JSON.parse('null'), one)).rejects.toThrow(
      'conditions: expected an object with a value for each condition, got null; give { place, rain, calls, wind }',
    );
    const model = await open(parts);
    opened.push(model);
    await expect(model.impute({ rain: 'much', wind: null })).rejects.toThrow(
      'rain: expected a number, got "much" at 0',
    );
    await expect(model.impute({ known_rain: [] })).rejects.toThrow('rain: expected a number, or several, got an empty');
  });

  it('may be latents as other calls return them', async () => {
    const { mean } = await asked.encode(one);
    const { data } = mean;
    const place = [0, 1, 2, 3];
    const { rain } = Object(await asked.interpolate(mean, [0, 0], 3, { place }));
    const { rain: same } = Object(await asked.interpolate(data, [0, 0], 3, { place }));
    expect(rain.data).toEqual(same.data);
    const near = await asked.neighbours({ mean: [...data] }, { mean: [[0, 0], [...data]] }, { count: 1 });
    expect([...near.indices]).toEqual([1]);
  });
});
