import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InvalidData, Unavailable } from '../../src/errors.ts';
import type { Model } from '../../src/runtime/model.ts';
import { engineOf } from '../../src/train/engines.ts';
import { estimation } from '../../src/layers/estimation.ts';
import { exact, examplesOf, linearGaussian, weightsOf } from '../estimators/linear.ts';
import { collected, openedWith } from './ask-models.ts';

const folder = mkdtempSync(join(tmpdir(), 'cvae-asking-'));
const weights = weightsOf(linearGaussian);
const { x, y } = examplesOf(40);
const examples = { x, y };
const [first = 0] = x;
const [firstY = []] = y;
let model: Model;
let plain: Model;
beforeAll(async () => {
  model = await openedWith(folder, linearGaussian, weights);
  plain = await openedWith(folder, linearGaussian, weights, {});
});
afterAll(async () => {
  await Promise.all([model.close(), plain.close()]);
  rmSync(folder, { recursive: true });
});

const at = (name: string, i: number): number => weights.get(name)?.data[i] ?? NaN;
/** A row of the recognition network's head, in plain loops: x and y times its kernel, plus its bias. */
const head = (of: string, row: number): readonly number[] => {
  const given = [x[row] ?? NaN, ...(y[row] ?? [])];
  const layer = `recognition/gaussian_1/${of}`;
  return [0, 1].map((j) =>
    given.reduce((sum, value, i) => sum + value * at(`${layer}/kernel`, i * 2 + j), at(`${layer}/bias`, j)),
  );
};
const close = (found: ArrayLike<number>, expected: readonly number[], far = 1e-5): void => {
  expect(found).toHaveLength(expected.length);
  expected.forEach((value, i) => expect(Math.abs((found[i] ?? NaN) - value)).toBeLessThan(far));
};

describe('encode', () => {
  it("gives mean and standard deviation of q(z|x,y), as plain loops and training's own graph compute them", async () => {
    const { mean, logVar, deviation } = await model.encode(examples);
    expect(mean.shape).toEqual([40, 2]);
    const rows = x.map((_, row) => row);
    close(
      mean.data,
      rows.flatMap((row) => head('mean', row)),
    );
    close(
      logVar.data,
      rows.flatMap((row) => head('logVar', row)),
    );
    close(
      deviation.data,
      rows.flatMap((row) => head('logVar', row).map((v) => Math.exp(v / 2))),
    );
    const engine = await engineOf('tfjs');
    const graph = estimation(linearGaussian, 1);
    const noise = new Float32Array(80);
    const given = { x: Float32Array.from(x), y: Float32Array.from(y.flat()), noise, priorNoise: noise };
    const { posterior } = await engine.compute(graph, weights, given, 40);
    close(mean.data, [...(posterior ?? [])]);
  });

  it('takes one example or several, with what they share once', async () => {
    const { mean } = await model.encode({ x: first, y: firstY });
    expect(mean.shape).toEqual([1, 2]);
    const shared = await model.encode({ x: [0, 1], y: [0.5, -0.5] });
    const apart = await model.encode({
      x: [0, 1],
      y: [
        [0.5, -0.5],
        [0.5, -0.5],
      ],
    });
    expect(shared.mean).toEqual(apart.mean);
  });

  it.each([
    ['without y', { x: 0 }, 'y: expected a whole example, got its conditions without y; give y, the target, with them'],
    ['without a condition', { y: [0, 0] }, 'x: expected a number, got nothing; give it'],
    ['of another length', { x: 0, y: [1, 2, 3] }, 'y: expected numbers of [2], got 3 numbers; give 2'],
    [
      'with another name',
      { x: 0, y: [1, 2], hue: 1 },
      'hue: expected conditions of this model or its target, got another; give x, y',
    ],
    [
      'with a number that is missing',
      { x: 0, y: [1, null] },
      'y: expected numbers of [2], got null at 1; give finite numbers',
    ],
    [
      'that is none',
      undefined,
      'conditions: expected an object with a value for each condition, got undefined; give { x, y }',
    ],
  ])('refuses an example %s', async (_, given, message) => {
    await expect(model.encode(given as never)).rejects.toThrow(InvalidData);
    await expect(model.encode(given as never)).rejects.toThrow(message);
  });

  it('says how to export what it needs', async () => {
    const found = plain.encode({ x: 0, y: [0, 0] });
    await expect(found).rejects.toThrow(Unavailable);
    await expect(found).rejects.toThrow(
      'asked: expected a file recognition, got decoder, prior only; export the model again with --recognition, or exportModel(…, { recognition: true })',
    );
  });
});

describe('reconstruct', () => {
  it("is y's mean at q's mean, and draws z from q on request", async () => {
    const { mean, logVar } = await model.encode(examples);
    const again = await model.reconstruct(examples);
    const decoded = await model.decode(mean, { x });
    expect([again.data, again.shape, again.z.data]).toEqual([decoded.data, [40, 2], mean.data]);
    const drawn = await model.reconstruct(examples, { count: 3, temperature: 1, seed: 5 });
    const { z } = await model.sample({ x }, { count: 3, seed: 5, from: { mean, logVar } });
    expect(drawn.shape).toEqual([120, 2]);
    expect(drawn.z).toEqual(z);
    expect(drawn.z.data.slice(0, 2)).not.toEqual(mean.data.slice(0, 2));
    const noisy = await model.reconstruct(examples, { draw: true, seed: 5 });
    expect(noisy.data).not.toEqual(again.data);
  });

  it('changes a condition while z stays', async () => {
    const one = { x: first, y: firstY };
    const { mean } = await model.encode(one);
    const other = await model.reconstruct(one, { as: { x: [3, 4, 5] } });
    expect(other.shape).toEqual([3, 2]);
    expect(other.data).toEqual((await model.decode(mean, { x: [3, 4, 5] })).data);
    const each = await model.reconstruct(examples, { as: { x: 3 } });
    expect(each.data.slice(0, 2)).toEqual(other.data.slice(0, 2));
    await expect(model.reconstruct(one, { as: { hue: 1 } as never })).rejects.toThrow(
      'as.hue: expected conditions of this model, got another; give x',
    );
    await expect(model.reconstruct(examples, { as: { x: [1, 2, 3] } })).rejects.toThrow(
      'z: expected one latent, or one for each of 3 conditions, got 40; give as many of both',
    );
  });
});

describe("a sample's condition", () => {
  it('is changed while z stays, with noise of its own or the same', async () => {
    const samples = await model.sample({ x: 1 }, { count: 6, seed: 2 });
    const changed = await model.sample({ x: -1 }, { from: samples.z });
    expect(changed.z.data).toEqual(samples.z.data);
    expect(changed.data).toEqual((await model.decode(samples.z, { x: -1 })).data);
    const drawn = await model.sample({ x: 1 }, { count: 6, seed: 2, draw: true });
    const same = await model.sample({ x: 1 }, { from: samples.z, seed: 2, draw: true, independent: true });
    expect(same.data).toEqual(drawn.data);
  });

  it.each([
    [
      'latents of another length',
      { data: new Float32Array(3), shape: [3] },
      'z: expected numbers of [2], got 3 numbers; give 2',
    ],
    [
      'a mean without logVar',
      { mean: { data: new Float32Array(2), shape: [1, 2] } },
      'z: expected numbers of [2], got nothing; give it',
    ],
    [
      'too few',
      { data: new Float32Array(4), shape: [2, 2] },
      'z: expected one latent, or one for each of 3 conditions, got 2; give as many of both',
    ],
  ])('is refused %s', async (_, from, message) => {
    await expect(model.sample({ x: [1, 2, 3] }, { from: from as never })).rejects.toThrow(message);
  });
});

describe('logLikelihood', () => {
  it('finds log p(y|x), which is known here, within its standard errors', async () => {
    const { values, standardErrors, effectiveSamples, estimator } = await model.logLikelihood(examples, {
      samples: 2000,
    });
    expect(estimator).toBe('importance');
    const scores = x.map(
      (given, row) => ((values[row] ?? NaN) + exact(weights, given, y[row] ?? [])) / (standardErrors[row] ?? NaN),
    );
    expect(Math.max(...scores.map(Math.abs))).toBeLessThan(5);
    expect(Math.max(...standardErrors)).toBeLessThan(0.5);
    expect(Math.min(...standardErrors)).toBeGreaterThan(1e-4);
    expect(Math.min(...effectiveSamples)).toBeGreaterThan(5);
    expect(Math.max(...effectiveSamples)).toBeLessThan(2000);
  });

  it('has the standard error that estimates of other seeds spread by', async () => {
    const one = { x: first, y: firstY };
    const all = await Promise.all(
      Array.from({ length: 200 }, (_, seed) => model.logLikelihood(one, { samples: 100, seed })),
    );
    const found = all.map(({ values }) => values[0] ?? NaN);
    const mean = found.reduce((sum, v) => sum + v, 0) / 200;
    const spread = Math.sqrt(found.reduce((sum, v) => sum + (v - mean) ** 2, 0) / 199);
    const said = all.reduce((sum, { standardErrors }) => sum + (standardErrors[0] ?? NaN), 0) / 200;
    expect(said / spread).toBeGreaterThan(0.8);
    expect(said / spread).toBeLessThan(1.25);
  });

  it('depends on neither the other examples nor the number of draws in the file', async () => {
    const all = await model.logLikelihood(examples, { samples: 50 });
    const one = await model.logLikelihood({ x: x[7] ?? NaN, y: y[7] ?? [] }, { samples: 50 });
    close(one.values, [all.values[7] ?? NaN], 1e-6);
    const other = await openedWith(folder, linearGaussian, weights, { evaluationSamples: 25 });
    close((await other.logLikelihood(examples, { samples: 50 })).values, [...all.values], 1e-5);
    await other.close();
  });

  it('compares what y is under several conditions', async () => {
    const { values } = await model.logLikelihood({ x: [0, 1, 2], y: [0.3, 0.3] }, { samples: 500 });
    close(
      values,
      [0, 1, 2].map((given) => -exact(weights, given, [0.3, 0.3])),
      0.2,
    );
  });

  it.each([
    ['samples', { samples: 1 }, 'samples: expected a whole number from 2, got 1; correct it'],
    ['seed', { seed: -1 }, 'seed: expected a whole number from 0 to 9007199254740991, got -1; correct it'],
    [
      'an unknown option',
      { sample: 3 },
      'sample: expected one of the options samples, seed, signal, got "sample"; correct it',
    ],
    ['signal', { signal: 3 }, 'signal: expected an AbortSignal, got 3; correct it'],
  ])('refuses %s', async (_, options, message) => {
    await expect(model.logLikelihood({ x: 0, y: [0, 0] }, options as never)).rejects.toThrow(message);
  });

  it('says how to export what it needs', async () => {
    await expect(plain.logLikelihood({ x: 0, y: [0, 0] })).rejects.toThrow(
      'asked: expected a file evaluation, got decoder, prior only; export the model again with --evaluation, or exportModel(…, { evaluationSamples: 10 })',
    );
  });
});

describe('neighbours', () => {
  it('are the rows nearest by z, as a search of all finds them', async () => {
    const { mean } = await model.encode(examples);
    const { indices, distances, shape } = await model.neighbours(examples, examples, { count: 4 });
    expect(shape).toEqual([40, 4]);
    const point = (row: number) => mean.data.subarray(row * 2, row * 2 + 2);
    for (const row of x.keys()) {
      const all = x
        .map((_, other) => ({ other, far: Math.hypot(...point(row).map((v, j) => v - (point(other)[j] ?? NaN))) }))
        .sort((a, b) => a.far - b.far)
        .slice(0, 4);
      expect([...indices.subarray(row * 4, row * 4 + 4)]).toEqual(all.map(({ other }) => other));
      close(
        distances.subarray(row * 4, row * 4 + 4),
        all.map(({ far }) => far),
        1e-6,
      );
    }
    expect(indices[0]).toBe(0);
  });

  it('are found among what was encoded before, all of it if there is less than was asked for', async () => {
    const among = await model.encode(examples);
    const found = await model.neighbours({ x: first, y: firstY }, among, { count: 100 });
    expect(found.shape).toEqual([1, 40]);
    expect(new Set(found.indices).size).toBe(40);
    expect(await model.neighbours(among, among)).toEqual(await model.neighbours(examples, examples));
    await expect(model.neighbours(among, among, { count: 0 })).rejects.toThrow(
      'count: expected a whole number from 1, got 0; correct it',
    );
  });
});

describe('stream', () => {
  const whole = async (options: object, given: readonly number[] = [0, 1, 2]) => {
    const { data, z } = await model.sample({ x: given }, { seed: 4, ...options });
    return { data: [...data], z: [...z.data] };
  };

  it.each([
    ['some samples of a condition each', { count: 10 }, 4],
    ['several conditions each', { count: 2 }, 5],
    ['one row each', { count: 3 }, 1],
    ['all at once', { count: 3 }, 100],
    ['with noise of their own', { count: 10, independent: true }, 4],
    ['several of those', { count: 2, independent: true, first: 9 }, 4],
    ['drawn', { count: 10, draw: true, first: 3 }, 4],
    ['drawn with noise of their own', { count: 2, draw: true, independent: true }, 4],
  ])('gives the rows of sample, in chunks: %s', async (_, options, rows) => {
    const chunks = await collected(model.stream({ x: [0, 1, 2] }, { seed: 4, ...options, rows }));
    expect(Math.max(...chunks.map(({ shape: [own = 0] }) => own))).toBeLessThanOrEqual(rows);
    const { data, z } = await whole(options);
    close(
      chunks.flatMap((chunk) => [...chunk.data]),
      data,
      1e-6,
    );
    expect(chunks.flatMap((chunk) => [...chunk.z.data])).toEqual(z);
    expect(new Set(chunks.map(({ seed }) => seed))).toEqual(new Set([4]));
  });

  it('keeps to latents and to a seed that it draws itself', async () => {
    const { z } = await model.sample({ x: 0 }, { count: 7, seed: 1 });
    const changed = await collected(model.stream({ x: 2 }, { from: z, rows: 3 }));
    expect(changed.map(({ shape }) => shape[0])).toEqual([3, 3, 1]);
    close(
      changed.flatMap(({ data }) => [...data]),
      [...(await model.decode(z, { x: 2 })).data],
      1e-6,
    );
    const chunks = await collected(model.stream({ x: 0 }, { count: 4, rows: 2 }));
    expect(chunks[0]?.seed).toBe(chunks[1]?.seed);
    expect(chunks[0]?.z.data).not.toEqual(chunks[1]?.z.data);
  });

  it('ends on request: between chunks, or by a signal', async () => {
    const seen: number[] = [];
    for await (const { shape } of model.stream({ x: 0 }, { count: 1e9, rows: 64 })) {
      seen.push(shape[0] ?? 0);
      if (seen.length === 3) break;
    }
    expect(seen).toEqual([64, 64, 64]);
    const stop = new AbortController();
    let chunks = 0;
    const run = async () => {
      for await (const _ of model.stream({ x: 0 }, { count: 1e9, rows: 64, signal: stop.signal }))
        if (++chunks === 2) stop.abort(new Error('enough'));
    };
    await expect(run()).rejects.toThrow('enough');
    expect(chunks).toBe(2);
    await expect(collected(model.stream({ x: 0 }, { rows: 0 }))).rejects.toThrow(
      'rows: expected a whole number from 1, got 0; correct it',
    );
    await expect(collected(model.stream({ x: 0 }, { count: 0 }))).rejects.toThrow(
      'count: expected a whole number from 1, got 0; correct it',
    );
  });
});

describe('a signal', () => {
  it('ends what takes long, between batches of rows', async () => {
    const stop = new AbortController();
    const long = model.sample({ x: 0 }, { count: 2e6, seed: 1, signal: stop.signal });
    setTimeout(() => stop.abort(new Error('enough')), 20);
    await expect(long).rejects.toThrow('enough');
    const many = { x: Array.from({ length: 5000 }, () => 0), y: [0, 0] };
    for (const ask of [
      (signal: AbortSignal) => model.encode(many, { signal }),
      (signal: AbortSignal) => model.reconstruct(many, { signal }),
      (signal: AbortSignal) => model.logLikelihood(many, { signal }),
      (signal: AbortSignal) => model.neighbours(many, many, { signal }),
    ])
      await expect(ask(AbortSignal.abort(new Error('at once')))).rejects.toThrow('at once');
    await expect(model.sample({ x: 0 }, { signal: 1 as never })).rejects.toThrow(
      'signal: expected an AbortSignal, got 1; correct it',
    );
  });
});

it('is refused after close, and close waits for it', async () => {
  const own = await openedWith(folder, linearGaussian, weights);
  const pending = own.encode(examples);
  await own.close();
  expect((await pending).mean.shape).toEqual([40, 2]);
  for (const ask of [
    () => own.encode(examples),
    () => own.logLikelihood(examples),
    () => own.decode([0, 0], { x: 0 }),
    () => collected(own.stream({ x: 0 })),
  ])
    await expect(ask()).rejects.toThrow('asked: expected an open model, got a closed one; open it again');
});
