import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  anyPart,
  bernoulli,
  categorical,
  concat,
  continuous,
  cvae,
  dense,
  embedding,
  gaussian,
  heads,
  hurdle,
  logNormal,
  negativeBinomial,
  normal,
  normalScores,
  predictor,
  squaredError,
} from 'cvae-compile';
import { engineOf, evaluate, train } from 'cvae-compile/train';
import { estimation } from '../../src/layers/estimation.ts';
import { drawnWeights } from '../../src/testing/draw.ts';
import { parametersOf } from '../../src/train/parameters.ts';
import type { Outputs } from '../../src/runtime/result.ts';
import { sketches, words } from '../steps/models.ts';
import { exact as exactWord } from '../steps/exact.ts';
import { linearGaussian, weightsOf } from '../estimators/linear.ts';
import { collected, openedWith } from './ask-models.ts';
import { IS_LONG } from '../support/chosen.ts';

const folder = mkdtempSync(join(tmpdir(), 'cvae-kinds-'));
afterAll(() => rmSync(folder, { recursive: true }));
const close = (found: ArrayLike<number>, expected: ArrayLike<number>, far = 1e-5): void => {
  expect(found).toHaveLength(expected.length);
  Array.from(expected).forEach((value, i) => expect(Math.abs((found[i] ?? NaN) - value)).toBeLessThan(far));
};

/** Two targets, of which one may have missing elements; a condition that may be missing, and one that files take by index. */
const day = { heat: normal(2, { sigma: 0.5, mask: true }), sky: categorical('clear', 'rain', 'snow') };
const mixed = cvae({
  condition: { age: continuous(1, { mask: true }), station: categorical(50) },
  target: day,
  latent: 2,
  recognition: ({ y, mask, age, age_mask, station }) =>
    concat(y.heat, y.sky, mask.heat, age, age_mask, station.pipe(embedding(50, 3))).pipe(gaussian(2)),
  decoder: ({ z, age, station }) => concat(z, age, station.pipe(embedding(50, 3))).pipe(dense(8), heads(day)),
});
const examples = [
  { age: 0.5, station: 3, heat: [0.2, -0.4], sky: 'rain' },
  { age: null, station: 49, heat: [null, 1], sky: 'clear' },
  { age: -1, station: 0, heat: [1.5, null], sky: 'snow' },
] as const;
/** The same as a batch. */
const batch = {
  age: examples.map(({ age }) => age),
  station: examples.map(({ station }) => station),
  heat: examples.map(({ heat }) => heat),
  sky: examples.map(({ sky }) => sky),
};

describe('several targets, missing values and classes by index', () => {
  const weights = drawnWeights(parametersOf(mixed), 5);

  it("are encoded as training's own graph does", async () => {
    const model = await openedWith(folder, mixed, weights);
    const { mean } = await model.encode(batch);
    const noise = new Float32Array(6);
    const given = {
      age: Float32Array.of(0.5, 0, -1),
      age_mask: Float32Array.of(1, 0, 1),
      station: Float32Array.of(3, 49, 0),
      heat: Float32Array.of(0.2, -0.4, 0, 1, 1.5, 0),
      heat_mask: Float32Array.of(1, 1, 0, 1, 1, 0),
      sky: Float32Array.of(0, 1, 0, 1, 0, 0, 0, 0, 1),
      noise,
      priorNoise: noise,
    };
    const { posterior = [] } = await (await engineOf('tfjs')).compute(estimation(mixed, 1), weights, given, 3);
    close(mean.data, posterior);
    // A mask says what null does; networks see 0 there.
    const stated = {
      ...batch,
      heat: [
        [0.2, -0.4],
        [0, 1],
        [1.5, 0],
      ],
      heat_mask: [
        [1, 1],
        [0, 1],
        [1, 0],
      ],
    };
    const { values } = await model.logLikelihood(batch, { samples: 500 });
    close((await model.logLikelihood(stated, { samples: 500 })).values, values, 1e-12);
    await model.close();
  });

  it('are as likely as evaluate says', async () => {
    const model = await openedWith(folder, mixed, weights);
    const found = await model.logLikelihood(batch, { samples: 4000 });
    const told: number[] = [];
    await evaluate(mixed, weights, examples, {
      samples: 4000,
      part: 'train',
      onExample: ({ importanceSampling = NaN }) => void told.push(-importanceSampling),
    });
    for (const [row, value] of told.entries()) {
      const far = 6 * (found.standardErrors[row] ?? NaN) + 0.02;
      expect(Math.abs((found.values[row] ?? NaN) - value)).toBeLessThan(far);
    }
    await model.close();
  });

  it('are drawn again, and in chunks, as records', async () => {
    const model = await openedWith(folder, mixed, weights);
    // `open` returns a record for such a definition.
    const record = (found: Outputs) => found as unknown as Record<'heat' | 'sky', Outputs>;
    const { mean } = await model.encode(batch);
    const again = record(await model.reconstruct(batch));
    const decoded = record(await model.decode(mean, { age: batch.age, station: batch.station }));
    expect(again.heat.data).toEqual(decoded.heat.data);
    expect(again.sky.data).toEqual(decoded.sky.data);
    const changed = record(await model.reconstruct(examples[0], { as: { station: [1, 2], age: null } }));
    const told = record(await model.decode(mean.data.slice(0, 2), { station: [1, 2], age: null }));
    expect(changed.heat.data).toEqual(told.heat.data);
    const way = record(await model.interpolate([0, 0], [1, 1], 3, { station: [1, 2] }));
    expect(way.heat.shape).toEqual([6, 2]);
    const given = { station: [1, 2, 3] };
    const whole = record(await model.sample(given, { count: 4, seed: 2, draw: true }));
    const chunks = await collected(model.stream(given, { count: 4, seed: 2, draw: true, rows: 3 }));
    expect(chunks).toHaveLength(6);
    expect(chunks.flatMap((chunk) => [...record(chunk).sky.data])).toEqual([...whole.sky.data]);
    close(
      chunks.flatMap((chunk) => [...record(chunk).heat.data]),
      whole.heat.data,
    );
    await model.close();
  });

  it('are refused in words', async () => {
    const model = await openedWith(folder, mixed, weights);
    const { sky: _, ...without } = batch;
    await expect(model.encode(without)).rejects.toThrow(
      'sky: expected a whole example, got its conditions without sky; give sky, the target, with them',
    );
    await expect(model.encode({ ...batch, sky: ['fog', 'rain', 'rain'] })).rejects.toThrow(
      'sky: expected a class, clear or rain or snow, got "fog"; give one of these',
    );
    await model.close();
  });
});

describe('steps', () => {
  const letters = [
    { topic: 0, y: [0, 1, 3, 3, 3] },
    { topic: 2, y: [2, 2, 2, 2, 1] },
  ];
  const given = { topic: [0, 2], y: [...(letters[0]?.y ?? []), ...(letters[1]?.y ?? [])] };

  it.runIf(IS_LONG)('have the likelihood that a grid of z finds', async () => {
    const weights = drawnWeights(parametersOf(words), 7);
    const model = await openedWith(folder, words, weights);
    const { values, standardErrors } = await model.logLikelihood(given, { samples: 3000 });
    for (const [row, { topic, y }] of letters.entries()) {
      const far = Math.abs((values[row] ?? NaN) + exactWord(weights, topic, y));
      expect(far).toBeLessThan(5 * (standardErrors[row] ?? NaN) + 1e-3);
    }
    const { mean } = await model.encode(given);
    const again = await model.reconstruct(given);
    expect(again.shape).toEqual([2, 5, 4]);
    expect(again.data).toEqual((await model.decode(mean, { topic: [0, 2] })).data);
    const drawn = await model.reconstruct(given, { draw: true, seed: 1, count: 2, temperature: 1 });
    expect(drawn.shape).toEqual([4, 5]);
    const chunks = await collected(model.stream({ topic: [0, 1] }, { count: 3, seed: 1, draw: true, rows: 2 }));
    const whole = await model.sample({ topic: [0, 1] }, { count: 3, seed: 1, draw: true });
    expect(chunks.flatMap(({ data }) => [...data])).toEqual([...whole.data]);
    await model.close();
  });

  it('of several targets are asked alike', async () => {
    const model = await openedWith(folder, sketches, drawnWeights(parametersOf(sketches), 3));
    const example = { speed: 0.5, offset: [0.3, -1, 0.5, 0.2, 0, 0, 0, 0], pen: ['down', 'up', 'end', 'end'] };
    expect((await model.encode(example)).mean.shape).toEqual([1, 2]);
    const { values } = await model.logLikelihood(example);
    expect(Number.isFinite(values[0])).toBe(true);
    await model.close();
  });
});

describe('models that lack something', () => {
  it('without a recognition network are estimated from the prior', async () => {
    const { recognition: _, ...networks } = linearGaussian.networks;
    const half = { ...linearGaussian, networks };
    const own = new Map([...weightsOf(linearGaussian)].filter(([name]) => !name.startsWith('recognition/')));
    const model = await openedWith(folder, half, own);
    const whole = await openedWith(folder, linearGaussian, weightsOf(linearGaussian));
    const example = { x: 0.3, y: [0.1, 0.4] };
    const [a, b] = [
      await model.logLikelihood(example, { samples: 4000 }),
      await whole.logLikelihood(example, { samples: 4000 }),
    ];
    expect([a.estimator, b.estimator]).toEqual(['prior', 'importance']);
    expect(Math.abs((a.values[0] ?? NaN) - (b.values[0] ?? NaN))).toBeLessThan(
      5 * Math.hypot(a.standardErrors[0] ?? NaN, b.standardErrors[0] ?? NaN),
    );
    await expect(model.encode(example)).rejects.toThrow(
      'asked: expected a file recognition, got decoder, prior, evaluation only;',
    );
    await Promise.all([model.close(), whole.close()]);
  });

  it('a predictor has an exact likelihood, and nothing of a latent', async () => {
    const classes = predictor({
      condition: { kind: categorical(2) },
      target: bernoulli(3),
      network: ({ kind }) => kind.pipe(dense(3)),
    });
    const weights = drawnWeights(parametersOf(classes), 2);
    const model = await openedWith(folder, classes, weights, { evaluationSamples: 3 });
    const [p] = [await model.mean({ kind: 1 })];
    const y = [1, 0, 1];
    const { values, standardErrors, estimator } = await model.logLikelihood({ kind: 1, y });
    const told = y.reduce((sum, v, i) => sum + Math.log(v ? (p.data[i] ?? NaN) : 1 - (p.data[i] ?? NaN)), 0);
    expect(values[0]).toBeCloseTo(told, 5);
    expect([standardErrors[0], estimator]).toEqual([0, 'exact']);
    for (const ask of [
      () => model.encode({ kind: 1, y }),
      () => model.reconstruct({ kind: 1, y }),
      () => model.neighbours({ kind: 1, y }, { kind: 1, y }),
      () => collected(model.stream({ kind: 1 })),
    ])
      await expect(ask()).rejects.toThrow(
        'asked: expected a conditional VAE, got a predictor, which has no latent; call mean instead',
      );
    await model.close();
  });

  it('a target that is no distribution has no likelihood', async () => {
    const article = cvae({
      condition: { x: continuous(1) },
      target: squaredError(2),
      latent: 2,
      recognition: ({ x, y }) => concat(x, y).pipe(gaussian(2)),
      decoder: ({ z }) => z.pipe(dense(2)),
    });
    const model = await openedWith(folder, article, drawnWeights(parametersOf(article), 1));
    await expect(model.logLikelihood({ x: 0, y: [0, 0] })).rejects.toThrow(
      'asked: expected a target with a likelihood, got one that is fitted by squared error; define it as normal, for example',
    );
    expect((await model.encode({ x: 0, y: [0, 0] })).mean.shape).toEqual([1, 2]);
    await model.close();
  });
});

describe('whole numbers that float32 rounds', () => {
  const amounts = {
    revenue: logNormal(1),
    visits: negativeBinomial(1),
    price: hurdle(normalScores(1)),
  };
  const firm = cvae({
    condition: { size: categorical(2) },
    target: amounts,
    latent: 1,
    known: anyPart(),
    recognition: ({ y, size }) => concat(y.revenue, y.visits, y.price, size).pipe(gaussian(1)),
    decoder: ({ z, size, known: { revenue, revenue_mask, visits, visits_mask, price, price_mask } }) =>
      concat(z, size, revenue, revenue_mask, visits, visits_mask, price, price_mask).pipe(heads(amounts)),
  });

  it('are amounts to score, to encode and to impute from, as they are to train on', async () => {
    const rows = Array.from({ length: 60 }, (_, i) => ({
      size: i % 2,
      revenue: 134_375_001 + 1_000_003 * i,
      visits: 20_000_001 + 100_003 * i,
      price: i % 3 ? 50_000_001 + 1_000_003 * i : 0,
    }));
    const { weights } = await train(firm, rows, { epochs: 1, seed: 1, engine: await engineOf('onnx') });
    const model = await openedWith(folder, firm, weights);
    const given = { size: 0, revenue: 134_375_001, visits: 20_000_001, price: 50_000_001 };
    // What float32 makes of them is the same number.
    const rounded = {
      size: 0,
      revenue: Math.fround(given.revenue),
      visits: Math.fround(given.visits),
      price: Math.fround(given.price),
    };
    expect((await model.encode(given)).mean).toEqual((await model.encode(rounded)).mean);
    expect((await model.logLikelihood(given)).values).toEqual((await model.logLikelihood(rounded)).values);
    const imputed = await model.impute({ ...given, price: null }, { count: 2, seed: 1 });
    const known = [rounded.revenue, rounded.revenue];
    expect(imputed).toMatchObject({ revenue: { data: Float32Array.from(known) } });
    await model.close();
  });
});
