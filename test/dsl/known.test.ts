import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import {
  anyPart,
  bernoulli,
  distribution,
  flatten,
  mul,
  multinomial,
  multiScale,
  sub,
  sumLast,
  categorical,
  concat,
  cvae,
  gaussian,
  head,
  heads,
  hurdle,
  mlp,
  normal,
  normalScores,
} from 'cvae-compile';
import { exportModel } from 'cvae-compile/compiler';
import { open } from 'cvae-compile/runtime';
import { evaluate, train } from 'cvae-compile/train';
import { toDataset } from '../../src/data/convert.ts';
import { batch } from '../../src/data/batches.ts';
import { normals, stream, uniforms } from '../../src/random.ts';
import { variablesOf } from '../../src/train/parameters.ts';
import { IS_LONG } from '../support/chosen.ts';

const folder = mkdtempSync(join(tmpdir(), 'known-'));
afterAll(() => rmSync(folder, { recursive: true }));

const mean = (values: ArrayLike<number>): number => Array.from(values).reduce((sum, v) => sum + v, 0) / values.length;
const deviation = (values: ArrayLike<number>): number =>
  Math.sqrt(mean(Array.from(values, (v) => (v - mean(values)) ** 2)));

const pair = normal(2, { sigma: 'learned' });
const pairs = cvae({
  condition: {},
  target: pair,
  latent: 1,
  known: anyPart(),
  prior: ({ known, known_mask }) => concat(known, known_mask).pipe(mlp([32]), gaussian(1)),
  recognition: ({ y, known, known_mask }) => concat(y, known, known_mask).pipe(mlp([32]), gaussian(1)),
  decoder: ({ z, known, known_mask }) => concat(z, known, known_mask).pipe(mlp([32]), head(pair)),
});

/** Numbers with means 10 and 0, deviations 2 and 5, and a correlation of 0.9. */
const correlated = (count: number): readonly (readonly number[])[] => {
  const noise = normals(stream(1, 'pairs'), count, 2);
  return Array.from({ length: count }, (_, i) => {
    const [a = 0, b = 0] = noise.subarray(2 * i, 2 * i + 2);
    return [10 + 2 * a, 5 * (0.9 * a + Math.sqrt(1 - 0.81) * b)];
  });
};

const targets = {
  rain: hurdle(normalScores(1), { masses: 1 }),
  warm: normal(2, { sigma: 'learned' }),
  sky: categorical('clear', 'wet'),
};
const days = cvae({
  condition: { month: categorical(12) },
  target: targets,
  latent: 2,
  known: anyPart({ by: ['element', 'target'] }),
  prior: ({ month, known: { rain, rain_mask, warm, warm_mask, sky, sky_mask } }) =>
    concat(month, rain, rain_mask, warm, warm_mask, sky, sky_mask).pipe(mlp([24]), gaussian(2)),
  recognition: ({ y, month, known }) =>
    concat(y.rain, y.warm, y.sky, month, known.rain_mask, known.warm_mask, known.sky_mask).pipe(mlp([24]), gaussian(2)),
  decoder: ({ z, month, known: { rain, rain_mask, warm, warm_mask, sky, sky_mask } }) =>
    concat(z, month, rain, rain_mask, warm, warm_mask, sky, sky_mask).pipe(mlp([24]), heads(targets)),
});

/** Rain falls on wet days, which are half of all. */
const rows = (count: number) => {
  const noise = uniforms(stream(1, 'days'), count, 4);
  return Array.from({ length: count }, (_, i) => {
    const [a = 0, b = 0, c = 0, d = 0] = noise.subarray(4 * i, 4 * i + 4);
    const month = Math.floor(12 * a);
    return {
      month,
      rain: b < 0.5 ? 0 : Math.ceil(20 * c),
      warm: d < 0.1 ? null : [2 * month + 5 * c, d < 0.2 ? null : 10 * d],
      sky: b < 0.5 ? 'clear' : 'wet',
    };
  });
};

describe('a target of which any part may be known', () => {
  test.runIf(IS_LONG)('is drawn given that part: two numbers with a correlation of 0.9', async () => {
    const { weights } = await train(pairs, { y: correlated(4000) }, { epochs: 30, seed: 1, engine: 'onnx' });
    // Both numbers are left for a third of the examples, one for the others. In nats: of one given the other the mean of two entropies; of
    // both together their entropy, or, if z does not say what they share, the sum of each one's.
    const one = Math.log(2 * Math.PI * Math.E) / 2 + Math.log(Math.sqrt(2 * 5 * 0.19));
    const apart = Math.log(2 * Math.PI * Math.E) + Math.log(2 * 5);
    const together = apart + Math.log(Math.sqrt(0.19));
    const { importanceSampling } = await evaluate(pairs, weights, { y: correlated(2000) }, { samples: 50 });
    expect(importanceSampling).toBeGreaterThan((together + 2 * one) / 3 - 0.1);
    expect(importanceSampling).toBeLessThan((apart + 2 * one) / 3 + 0.1);
    const out = join(folder, 'pairs');
    await exportModel(pairs, weights, { out });
    const model = await open<typeof pairs>(out);
    const second = ({ data }: { readonly data: Float32Array }) => data.filter((_, i) => i % 2 === 1);
    const how = { count: 4000, seed: 2 };
    const given = await model.impute({ y: [13, null] }, how);
    // E = 5·0.9·1.5 = 6.75, and σ = 5·√(1 − 0.81) = 2.18.
    expect(mean(second(given))).toBeGreaterThan(6.25);
    expect(mean(second(given))).toBeLessThan(7.25);
    expect(deviation(second(given))).toBeGreaterThan(1.9);
    expect(deviation(second(given))).toBeLessThan(2.5);
    expect(new Set(given.data.filter((_, i) => i % 2 === 0))).toEqual(new Set([13]));
    const free = await model.impute({}, how);
    expect(deviation(second(free))).toBeGreaterThan(4.5);
    expect(deviation(second(free))).toBeLessThan(5.5);
    // The same by the names of the files, in a batch whose rows differ in what is known.
    const batched = await model.sample({ known: [[13, null], null, [null, 1]] }, { ...how, count: 2, draw: true });
    expect([...batched.data.subarray(0, 4)]).toEqual([...given.data.subarray(0, 4)]);
    expect([...batched.data.subarray(4, 8)]).toEqual([...free.data.subarray(0, 4)]);
    expect([batched.data[9], batched.data[11]]).toEqual([1, 1]);
    const { data } = await model.mean({ known: [null, 3] });
    expect(data[1]).toBe(3);
    await model.selfTest();
    await model.close();
  });

  test('is one of several targets, of which some values are missing', async () => {
    const { weights, validation } = await train(days, rows(600), { epochs: 60, seed: 1, engine: 'onnx' });
    expect(validation?.negativeElbo).toBeLessThan(20);
    const out = join(folder, 'days');
    await exportModel(days, weights, { out });
    const model = await open<typeof days>(out);
    const how = { count: 100, seed: 2 };
    const wet = await model.impute({ month: 3, sky: 'wet' }, how);
    const dry = await model.impute({ month: 3, sky: 'clear' }, how);
    expect(wet.rain.data.filter((rain) => rain > 0).length).toBeGreaterThan(60);
    expect(dry.rain.data.filter((rain) => rain > 0).length).toBeLessThan(40);
    expect(new Set(wet.sky.data)).toEqual(new Set([1]));
    const partly = await model.impute({ month: 3, rain: 7, warm: [null, 4] }, how);
    expect(new Set(partly.rain.data)).toEqual(new Set([7]));
    expect(new Set(partly.warm.data.filter((_, i) => i % 2 === 1))).toEqual(new Set([4]));
    expect(partly.sky.data.filter((sky) => sky === 1).length).toBeGreaterThan(60);
    const { sky } = await model.mean({ month: 3, known_sky: 'wet' });
    expect([...sky.data]).toEqual([0, 1]);
    await expect(model.impute({ month: 3, sky: 'dry' as 'wet' })).rejects.toThrow(
      'sky: expected a class, clear or wet',
    );
    await model.selfTest();
    await model.close();
  });

  test.runIf(IS_LONG)('trains on both engines alike, and what is known does not count', async () => {
    const options = { epochs: 2, seed: 1 } as const;
    const losses = await Promise.all(
      (['onnx', 'tfjs'] as const).map(async (engine) => {
        const { epochs } = await train(days, rows(64), { ...options, engine });
        return epochs.at(-1)?.train.loss ?? NaN;
      }),
    );
    expect(losses[0]).toBeCloseTo(losses[1] ?? NaN, 3);
  });

  test('has parts that depend on seed, epoch and example only, and never all of what is there', async () => {
    const variables = variablesOf(days);
    const { train: examples } = await toDataset(rows(40), variables);
    const indices = Int32Array.from({ length: 40 }, (_, i) => i);
    const at = (seed: number, epoch: number, some = indices) => batch(examples, some, variables, { seed, epoch });
    const first = at(1, 0);
    expect(at(1, 0)).toEqual(first);
    expect(at(1, 1)['known_rain_mask']).not.toEqual(first['known_rain_mask']);
    expect(at(1, 0, indices.subarray(7, 8))['known_warm']).toEqual(first['known_warm']?.subarray(14, 16));
    for (const [known, y, mask, counted] of [
      ['known_rain', 'rain', 'known_rain_mask', 'rain_mask'],
      ['known_warm', 'warm', 'known_warm_mask', 'warm_mask'],
    ] as const)
      first[known]?.forEach((value, i) => {
        expect(value).toBe(first[mask]?.[i] === 1 ? first[y]?.[i] : 0);
        expect((first[mask]?.[i] ?? 0) + (first[counted]?.[i] ?? 0)).toBeLessThanOrEqual(1);
      });
    // Two numbers for each class.
    expect(first['known_sky']?.length).toBe(80);
    // Converted again, as a command and training do, they are as before.
    const again = await toDataset({ name: 'days', train: examples }, variables);
    expect(batch(again.train, indices, variables, { seed: 1, epoch: 0 })).toEqual(first);
  });

  test('has blocks of a picture as parts', () => {
    const parts = anyPart({ by: 'block', share: [0.25, 0.25] });
    const masks = Array.from({ length: 200 }, (_, index) => [
      ...(parts.draw({ y: { length: 64, dataShape: [8, 8, 1] } }, { seed: 1, epoch: 0, index })['y'] ?? []),
    ]);
    const shares = masks.map((mask) => mean(mask));
    expect(Math.abs(mean(shares) - 0.25)).toBeLessThan(0.03);
    // Each is a rectangle, or all but one.
    for (const mask of masks) {
      const inside = mask.filter((one) => one === mask[0]).length;
      const rows = Array.from({ length: 8 }, (_, row) => mask.slice(8 * row, 8 * row + 8).join(''));
      expect(new Set(rows).size, `${inside}`).toBeLessThanOrEqual(2);
    }
  });

  test('is numbers of any size where they are no pixels, also if they are shown as a picture', () => {
    const grey = cvae({
      condition: {},
      target: normal(4, 4, 1),
      latent: 1,
      known: anyPart(),
      decoder: ({ z, known }) => concat(z, known.pipe(flatten)).pipe(head(normal(4, 4, 1))),
    });
    const coins = cvae({
      condition: {},
      target: bernoulli(4, 4, 1),
      latent: 1,
      known: anyPart(),
      decoder: ({ z, known }) => concat(z, known.pipe(flatten)).pipe(head(bernoulli(4, 4, 1))),
    });
    expect([grey.condition.known.kind, coins.condition.known.kind]).toEqual(['continuous', 'image']);
  });

  test('is refused where it cannot be', async () => {
    const define = (more: object) => () =>
      cvae({
        condition: { known: categorical(2) },
        target: pair,
        latent: 1,
        decoder: ({ z }) => z.pipe(head(pair)),
        ...more,
      });
    expect(define({ known: anyPart() })).toThrow(
      'condition: expected a name other than known, by which networks are given what is known of y; rename it',
    );
    expect(define({ known: true, condition: {} })).toThrow(
      'known: expected which parts of the target are known, got true; write known: anyPart()',
    );
    expect(define({ known: anyPart(), condition: {} })).toThrow(
      'condition: expected every condition to be used, got known, which no network reads; give known to prior and decoder, or leave known: anyPart() out',
    );
    const several = { a: normal(1), b: normal(1) };
    const unread = () =>
      cvae({
        condition: {},
        target: several,
        latent: 1,
        known: anyPart(),
        recognition: ({ y }) => concat(y.a, y.b).pipe(gaussian(1)),
        decoder: ({ z, known }) => concat(z, known.a).pipe(heads(several)),
      });
    expect(unread).toThrow(
      'got known_b, which no network reads; give known.b to prior and decoder, or leave known: anyPart() out',
    );
    for (const [target, name] of [
      [multinomial(4), 'multinomial'],
      [multiScale(bernoulli(4, 4, 1), { half: 2 }), 'bernoulli'],
      [
        distribution('pairs', [2], {
          parameters: { mean: [2] },
          mean: ({ mean }) => mean,
          nll: ({ mean }, y) => sumLast(mul(sub(y, mean), sub(y, mean))),
          per: 'example',
        }),
        'pairs',
      ],
    ] as const)
      expect(define({ known: anyPart(), condition: {}, target }), name).toThrow(
        `known: expected a target of which elements can be left out, got ${name} as y, whose likelihood is of all together`,
      );
    const plain = cvae({
      condition: {},
      target: pair,
      latent: 1,
      recognition: ({ y }) => y.pipe(gaussian(1)),
      decoder: ({ z }) => z.pipe(head(pair)),
    });
    const { weights } = await train(plain, { y: correlated(16) }, { epochs: 1, engine: 'onnx' });
    const out = join(folder, 'plain');
    await exportModel(plain, weights, { out });
    const model = await open<typeof plain>(out);
    await expect(model.impute({ y: [1, null] as never })).rejects.toThrow(
      'expected a model that is given parts of its target, got one that is not; define it with known: anyPart(), and train it',
    );
    await model.close();
  });
});
