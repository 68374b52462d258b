import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InvalidData, Unavailable } from '../../src/errors.ts';
import { normals, stream, uniforms } from '../../src/random.ts';
import type { Model } from '../../src/runtime/model.ts';
import { open } from '../../src/runtime/node.ts';
import { fixed, guess, pixels, segments, table } from './models.ts';
import { denseHere, writeModel, type Recipe } from './write-model.ts';

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const oneHot = (index: number) => [0, 1, 2].map((i) => (i === index ? 1 : 0));
/** What the decoder of `pixels` computes, in plain loops. */
const decoded = (z: ArrayLike<number>, digit: number[], size: number) =>
  denseHere([...Array.from(z), ...digit, size], 6, 6).map(sigmoid);
const close = (found: ArrayLike<number>, expected: ArrayLike<number>) => {
  expect(found).toHaveLength(expected.length);
  Array.from(found).forEach((value, i) => expect(Math.abs(value - (expected[i] ?? NaN))).toBeLessThan(2e-6));
};

let folder = '';
let model: Model;
const opened = async (recipe: Recipe): Promise<Model> => {
  const path = await mkdtemp(join(folder, 'model-'));
  await writeModel(path, recipe);
  return open(path);
};
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cvae-runtime-'));
  model = await opened(pixels);
});
afterAll(async () => {
  await model.close();
  await rm(folder, { recursive: true });
});

describe('samples', () => {
  it('are the decoder at z = mean + σ · noise, of the seed', async () => {
    const { data, shape, z, seed } = await model.sample({ digit: 'two', size: 0.5 }, { count: 4, seed: 7 });
    const [mean, logVar] = [denseHere(oneHot(1), 3, 2, 2), denseHere(oneHot(1), 3, 2, -1)];
    const noise = normals(stream(7, 'z'), 4, 2);
    expect(shape).toEqual([4, 2, 3, 1]);
    expect(z.shape).toEqual([4, 2]);
    expect(seed).toBe(7);
    for (let i = 0; i < 4; i++) {
      const expected = [0, 1].map((j) => (mean[j] ?? 0) + Math.exp((logVar[j] ?? 0) / 2) * (noise[i * 2 + j] ?? 0));
      close(z.data.subarray(i * 2, i * 2 + 2), expected);
      close(data.subarray(i * 6, i * 6 + 6), decoded(expected, oneHot(1), 0.5));
    }
  });

  it('depend on the seed and their number only', async () => {
    const given = { digit: 0, size: 1 };
    const many = await model.sample(given, { count: 300, seed: 3 });
    const few = await model.sample(given, { count: 2, seed: 3, first: 200 });
    expect(many.z.data.slice(400, 404)).toEqual(few.z.data);
    close(many.data.slice(1200, 1212), few.data);
    expect((await model.sample(given, { count: 300, seed: 4 })).z.data).not.toEqual(many.z.data);
    expect(await model.sample(given, { count: 300, seed: 3 }).then(({ data }) => data)).toEqual(many.data);
  });

  it('share their noise across a batch of conditions, one condition after the other', async () => {
    const batch = await model.sample({ digit: [0, 'three', 0], size: [1, 2, 3] }, { count: 5, seed: 1 });
    expect(batch.shape).toEqual([15, 2, 3, 1]);
    for (const [row, [digit, size]] of (
      [
        [0, 1],
        [2, 2],
        [0, 3],
      ] as const
    ).entries()) {
      const alone = await model.sample({ digit, size }, { count: 5, seed: 1 });
      close(batch.data.slice(row * 30, row * 30 + 30), alone.data);
      expect(batch.z.data.slice(row * 10, row * 10 + 10)).toEqual(alone.z.data);
    }
  });

  it('share a single value with a batch of the others', async () => {
    const shared = await model.sample({ digit: [0, 1, 2], size: 0.25 }, { count: 2, seed: 1 });
    const written = await model.sample({ digit: [0, 1, 2], size: [0.25, 0.25, 0.25] }, { count: 2, seed: 1 });
    expect(shared.data).toEqual(written.data);
  });

  it('of temperature 0 are the mean, and of 2 are twice as far from the prior as of 1', async () => {
    const given = { digit: 1, size: 0 };
    const { mean } = await model.prior(given);
    const [cold, warm, hot] = await Promise.all(
      [0, 1, 2].map((temperature) => model.sample(given, { seed: 5, temperature })),
    );
    expect(cold?.data).toEqual((await model.mean(given)).data);
    close(
      hot?.z.data.map((value, j) => value - (mean.data[j] ?? 0)) ?? [],
      warm?.z.data.map((value, j) => 2 * (value - (mean.data[j] ?? 0))) ?? [],
    );
  });

  it('without a seed are drawn with one that is reported, so that they can be had again', async () => {
    const first = await model.sample({ digit: 0, size: 1 }, { count: 3 });
    const again = await model.sample({ digit: 0, size: 1 }, { count: 3, seed: first.seed });
    expect(again.data).toEqual(first.data);
    expect((await model.sample({ digit: 0, size: 1 })).seed).not.toBe(first.seed);
  });

  it('of a model without a prior network have z of N(0, I)', async () => {
    const plain = await opened(table);
    const { z } = await plain.sample({ x: [0, 0.5, 1, 0] }, { count: 3, seed: 2 });
    expect(z.data).toEqual(normals(stream(2, 'z'), 3, 3));
    await plain.close();
  });
});

describe('draws from p(y|x,z)', () => {
  it('of coins are 0 and 1, from one uniform each', async () => {
    const given = { digit: ['one', 'two'], size: 0.5 };
    const means = await model.sample(given, { count: 50, seed: 9 });
    const drawn = await model.sample(given, { count: 50, seed: 9, draw: true });
    const noise = uniforms(stream(9, 'y'), 50, 6);
    expect(drawn.z.data).toEqual(means.z.data);
    drawn.data.forEach((value, i) => expect(value).toBe((noise[i % 300] ?? 0) < (means.data[i] ?? 0) ? 1 : 0));
  });

  it('of normals add the learned deviation, or the fixed one, times a normal', async () => {
    const noise = normals(stream(9, 'y'), 20, 5);
    const { signature } = fixed;
    const three = { ...fixed, signature: { ...signature, target: { ...signature.target, sigma: 3 } } };
    const sigmas = Array.from({ length: 5 }, (_, j) => Math.abs(Math.sin(j + 1)));
    const cases: [Recipe, number[]][] = [
      [table, Array(5).fill(Math.exp(2))],
      [fixed, sigmas],
      [three, Array(5).fill(3)],
    ];
    for (const [recipe, deviations] of cases) {
      const normal = await opened(recipe);
      const means = await normal.sample({ x: [0, 0.5, 1, 0] }, { count: 20, seed: 9 });
      const drawn = await normal.sample({ x: [0, 0.5, 1, 0] }, { count: 20, seed: 9, draw: true });
      expect(means.logVar).toEqual(recipe === table ? new Float32Array(100).fill(4) : undefined);
      expect(drawn.shape).toEqual([20, 5]);
      const expected = means.data.map((mean, i) => mean + (deviations[i % 5] ?? NaN) * (noise[i] ?? 0));
      drawn.data.forEach((value, i) => expect(value).toBeCloseTo(expected[i] ?? NaN, 4));
      await normal.close();
    }
  });

  it('of classes are indices, as often as their probabilities say', async () => {
    const classes = await opened(segments);
    const means = await classes.sample({ kind: 0 }, { seed: 1, temperature: 0 });
    expect(means.shape).toEqual([1, 1, 2, 3]);
    const drawn = await classes.sample({ kind: 0 }, { count: 3000, seed: 1, temperature: 0, draw: true });
    expect(drawn.shape).toEqual([3000, 1, 2]);
    for (const place of [0, 1]) {
      const counts = [0, 0, 0];
      for (let i = place; i < drawn.data.length; i += 2)
        counts[drawn.data[i] ?? NaN] = (counts[drawn.data[i] ?? NaN] ?? NaN) + 1;
      counts.forEach((count, k) => {
        const p = means.data[place * 3 + k] ?? NaN;
        expect(Math.abs(count / 3000 - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / 3000));
      });
    }
    await classes.close();
  });

  it('of a sum of squares are refused: it is no distribution', async () => {
    const recipe = {
      ...table,
      signature: { ...table.signature, target: { ...table.signature.target, distribution: 'squaredError' as const } },
    };
    const squares = await opened(recipe);
    await expect(squares.sample({ x: [0, 0, 0, 0] }, { draw: true })).rejects.toThrow(
      'draw: expected a target with a distribution, got squaredError, which has none; leave draw out for the mean',
    );
    await squares.close();
  });
});

describe('the other questions', () => {
  it("ask for the prior's parameters and for y at its mean", async () => {
    const given = { digit: [0, 2], size: 1 };
    const { mean, logVar } = await model.prior(given);
    expect([mean.shape, logVar.shape]).toEqual([
      [2, 2],
      [2, 2],
    ]);
    const means = [denseHere(oneHot(0), 3, 2, 2), denseHere(oneHot(2), 3, 2, 2)];
    close(mean.data, means.flat());
    close(logVar.data, [denseHere(oneHot(0), 3, 2, -1), denseHere(oneHot(2), 3, 2, -1)].flat());
    const y = await model.mean(given);
    expect(y.shape).toEqual([2, 2, 3, 1]);
    close(
      y.data,
      means.flatMap((z, i) => decoded(z, oneHot(i * 2), 1)),
    );
  });

  it('ask for the baseline, which a model may lack', async () => {
    const { data, shape } = await model.baseline({ digit: 0, size: [1, 2] });
    expect(shape).toEqual([2, 2, 3, 1]);
    close(
      data,
      [1, 2].flatMap((size) => denseHere([size], 1, 6).map(sigmoid)),
    );
    const plain = await opened(table);
    await expect(plain.baseline({ x: [0, 0, 0, 0] })).rejects.toThrow(Unavailable);
    await expect(plain.baseline({ x: [0, 0, 0, 0] })).rejects.toThrow(
      'table: expected a file baseline, got decoder only; define and export one',
    );
    await plain.close();
  });

  it('ask for y at latents: one for all conditions, one for each, or many for one', async () => {
    const [a, b] = [
      [0.1, -2],
      [3, 0.5],
    ];
    const one = await model.decode(a, { digit: [0, 1], size: 1 });
    close(one.data, [...decoded(a, oneHot(0), 1), ...decoded(a, oneHot(1), 1)]);
    const each = await model.decode([a, b], { digit: [0, 1], size: 1 });
    close(each.data, [...decoded(a, oneHot(0), 1), ...decoded(b, oneHot(1), 1)]);
    const many = await model.decode(Float32Array.of(...a, ...b), { digit: 2, size: 1 });
    close(many.data, [...decoded(a, oneHot(2), 1), ...decoded(b, oneHot(2), 1)]);
    await expect(model.decode([a, b], { digit: [0, 1, 2], size: 1 })).rejects.toThrow(
      'z: expected one latent, or one for each of 3 conditions, got 2; give as many of both',
    );
    await expect(model.decode([1, 2, 3], { digit: 0, size: 1 })).rejects.toThrow(
      'z: expected numbers of [2], got 3 numbers; give 2',
    );
  });

  it('read what they are given at once: its owner may change it while they compute', async () => {
    const conditions = () => ({ digit: Float32Array.of(1, 0, 0), size: [1] });
    const shape = [1, 2];
    const [mean, logVar] = [Float32Array.of(3, 0.5), Float32Array.of(0, 0)];
    const prior = () => ({ mean: { data: mean.slice(), shape }, logVar: { data: logVar.slice(), shape } });
    for (const z of [() => [3, 0.5], () => Float32Array.of(3, 0.5), () => ({ data: Float32Array.of(3, 0.5), shape })]) {
      const [given, latent] = [conditions(), z()];
      const pending = model.decode(latent, given);
      given.digit.fill(0.25);
      given.size[0] = 5;
      const numbers: { fill(value: number): unknown } = 'data' in latent ? latent.data : latent;
      numbers.fill(9);
      expect((await pending).data).toEqual((await model.decode(z(), conditions())).data);
    }
    const [given, from] = [conditions(), prior()];
    const pending = model.sample(given, { seed: 1, from });
    given.digit.fill(0.25);
    from.mean.data.fill(9);
    from.logVar.data.fill(9);
    const { data, z } = await model.sample(conditions(), { seed: 1, from: prior() });
    const found = await pending;
    expect([found.z, found.data]).toEqual([z, data]);
  });

  it('ask for the way from one latent to another, for each condition', async () => {
    const [from, to] = [Float32Array.of(0, 1), Float32Array.of(2, -1)];
    const { data, shape } = await model.interpolate(from, to, 3, { digit: [0, 1], size: 2 });
    expect(shape).toEqual([6, 2, 3, 1]);
    const way = [from, [1, 0], to];
    close(
      data,
      [0, 1].flatMap((digit) => way.flatMap((z) => decoded(z, oneHot(digit), 2))),
    );
    await expect(model.interpolate(from, to, 1, { digit: 0, size: 2 })).rejects.toThrow(
      'steps: expected a whole number from 2, got 1; count both ends',
    );
    await expect(model.interpolate([0, 1, 2, 3], to, 3, { digit: 0, size: 2 })).rejects.toThrow(
      'from, to: expected a latent each, got 2 and 1; give one of both',
    );
  });

  it('of a predictor ask for its mean', async () => {
    const predictor = await opened(guess);
    const { data, shape } = await predictor.mean({
      x: [
        [1, 2, 3],
        [0, 0, 1],
      ],
    });
    expect(shape).toEqual([2, 4]);
    close(data, [...denseHere([1, 2, 3], 3, 4), ...denseHere([0, 0, 1], 3, 4)]);
    const given = { x: [1, 2, 3] };
    for (const ask of [
      () => predictor.sample(given),
      () => predictor.prior(given),
      () => predictor.baseline(given),
      () => predictor.decode([0], given),
      () => predictor.interpolate([0], [1], 2, given),
    ])
      await expect(ask()).rejects.toThrow(
        'guess: expected a conditional VAE, got a predictor, which has no latent; call mean instead',
      );
    await predictor.close();
  });

  it('with a blend of classes mix the one-hot vectors', async () => {
    const blend = Float32Array.of(0.5, 0, 0.5);
    const { data } = await model.decode([0, 0], { digit: blend, size: 0 });
    close(data, decoded([0, 0], [0.5, 0, 0.5], 0));
    const batch = await model.decode([0, 0], { digit: [[0.5, 0, 0.5], 1], size: 0 });
    close(batch.data, [...data, ...decoded([0, 0], oneHot(1), 0)]);
  });
});

describe('what does not fit', () => {
  it.each<[string, object, string]>([
    ['count', { count: 0 }, 'count: expected a whole number from 1, got 0; correct it'],
    ['count', { count: 1.5 }, 'count: expected a whole number from 1, got 1.5'],
    ['count', { count: 1e9 }, 'count: expected at most 268435456 numbers in a result, got 6000000000'],
    ['seed', { seed: -1 }, 'seed: expected a whole number from 0 to 9007199254740991, got -1'],
    ['first', { first: 2 ** 32 }, 'first: expected samples of a seed up to number 4294967295, got 4294967296'],
    ['temperature', { temperature: NaN }, 'temperature: expected a number from 0, got NaN'],
    ['draw', { draw: 'yes' }, 'draw: expected true or false, got "yes"; correct it'],
    ['no temperature', { temperature: null }, 'temperature: expected a number from 0, got null'],
    ['temperature as text', { temperature: '0.5' }, 'temperature: expected a number from 0, got "0.5"'],
    ['a temperature that is a list', { temperature: [1] }, 'temperature: expected a number from 0, got an object'],
    ['count as text', { count: '3' }, 'count: expected a whole number from 1, got "3"'],
    ['count as a bigint', { count: 3n }, 'count: expected a whole number from 1, got 3n'],
    ['seed as text', { seed: '3' }, 'seed: expected a whole number from 0 to 9007199254740991, got "3"'],
    [
      'an option',
      { n: 4 },
      'n: expected one of the options count, seed, first, temperature, independent, draw, from, signal, got "n"',
    ],
  ])('as %s is refused', async (_, options, message) => {
    await expect(model.sample({ digit: 0, size: 0 }, options)).rejects.toThrow(InvalidData);
    await expect(model.sample({ digit: 0, size: 0 }, options)).rejects.toThrow(message);
  });

  it('as options or conditions altogether is refused in words', async () => {
    const odd = (value: unknown) => value as { digit: number; size: number };
    await expect(model.sample({ digit: 0, size: 0 }, odd(null) as never)).rejects.toThrow(
      'options: expected an object with count, seed, first, temperature, independent, draw, from, signal, got null; correct it',
    );
    for (const nothing of [undefined, null, 'digit'])
      for (const ask of [
        () => model.sample(odd(nothing)),
        () => model.mean(odd(nothing)),
        () => model.prior(odd(nothing)),
        () => model.baseline(odd(nothing)),
        () => model.decode([0, 0], odd(nothing)),
        () => model.interpolate([0, 0], [1, 1], 2, odd(nothing)),
      ]) {
        await expect(ask()).rejects.toThrow(InvalidData);
        await expect(ask()).rejects.toThrow(/^conditions: expected an object .*; give \{ digit, size \}$/);
      }
    await expect(model.decode(odd(undefined) as never, { digit: 0, size: 0 })).rejects.toThrow(
      /^z: expected numbers of \[2\], got nothing; /,
    );
  });

  it('among conditions is refused by its name', async () => {
    await expect(model.mean({ digit: 3, size: 0 })).rejects.toThrow(
      'digit: expected a class, one or two or three, got 3; give one of these',
    );
    await expect(model.mean({ digit: 0 })).rejects.toThrow('size: expected a number, got nothing; give it');
    await expect(model.mean({ digit: 0, size: 0, hue: 1 })).rejects.toThrow(
      'hue: expected conditions of this model, got another; give digit, size',
    );
  });
});

describe('many rows at once', () => {
  it('are run in parts and are the same as one by one', async () => {
    const sizes = Float32Array.from({ length: 300 }, (_, i) => i / 300);
    const { data } = await model.mean({ digit: 1, size: sizes });
    const z = denseHere(oneHot(1), 3, 2, 2);
    close(
      data,
      Array.from(sizes).flatMap((size) => decoded(z, oneHot(1), size)),
    );
  });

  it('may be asked for side by side', async () => {
    const seeds = Array.from({ length: 20 }, (_, seed) => seed);
    const together = await Promise.all(seeds.map((seed) => model.sample({ digit: 0, size: 0 }, { count: 200, seed })));
    for (const seed of [0, 19]) {
      const alone = await model.sample({ digit: 0, size: 0 }, { count: 200, seed });
      expect(together[seed]?.data).toEqual(alone.data);
    }
  });
});
