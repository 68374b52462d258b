import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { categorical, constant, cvae, dense, steps, type Model } from 'cvae-compile';
import { exportModel } from 'cvae-compile/compiler';
import { open } from 'cvae-compile/runtime';
import { parametersOf } from '../../src/train/parameters.ts';
import { drawnWeights } from '../../src/testing/draw.ts';
import type { Weights } from '../../src/weights/weights.ts';
import { noisy, sketches, words } from './models.ts';

const folder = mkdtempSync(join(tmpdir(), 'steps-'));
afterAll(() => rmSync(folder, { recursive: true }));

const exported = async (name: string, model: Model, weights: Weights): Promise<string> => {
  const out = join(folder, name);
  const { agreements } = await exportModel(model, weights, { out });
  for (const { difference } of agreements) expect(difference).toBeLessThan(1e-4);
  return out;
};

const LENGTH = 6;
const letter = categorical('a', 'b', 'stop', { at: [LENGTH], end: 'stop' });

/** A Markov chain: the logits of each letter are those of a row of a matrix. */
const chain = cvae({
  condition: {},
  target: letter,
  latent: 1,
  decoder: ({ z }) =>
    steps(letter, { start: constant([3], [1, 0, 0]), state: z }, ({ previous, state }) => ({
      out: previous.pipe(dense(3)),
      state,
    })),
});

/** The probabilities of the letters after each. */
const CHANCES = [
  [0.5, 0.3, 0.2],
  [0.1, 0.5, 0.4],
  [0.2, 0.2, 0.6],
];

const chainWeights = (): Weights =>
  new Map(
    parametersOf(chain).map(({ name, shape }) => [
      name,
      {
        shape,
        data: name.endsWith('kernel')
          ? Float32Array.from(CHANCES.flat(), Math.log)
          : new Float32Array(shape.reduce((a, b) => a * b, 1)),
      },
    ]),
  );

/** All words of a chain that starts as after an `a`, and the probability of each. */
const wordsOf = (before = 0, length = LENGTH): readonly (readonly [word: string, chance: number])[] =>
  length === 0
    ? [['', 1]]
    : (CHANCES[before] ?? []).flatMap((chance, next): readonly (readonly [string, number])[] =>
        next === 2
          ? [['2'.repeat(length), chance]]
          : wordsOf(next, length - 1).map(([rest, p]) => [`${next}${rest}`, chance * p] as const),
      );

it('draws the words of a Markov chain as often as they are probable, each up to its end', async () => {
  const model = await open(await exported('chain', chain, chainWeights()));
  const count = 4000;
  const { data, shape } = await model.sample({}, { count, seed: 3, draw: true });
  expect(shape).toEqual([count, LENGTH]);
  const found = new Map<string, number>();
  for (let row = 0; row < count; row++) {
    const word = data.subarray(row * LENGTH, (row + 1) * LENGTH).join('');
    found.set(word, (found.get(word) ?? 0) + 1);
  }
  const all = wordsOf();
  expect(all.reduce((sum, [, chance]) => sum + chance, 0)).toBeCloseTo(1, 10);
  // No word but these: behind an end there is nothing else.
  expect([...found.keys()].filter((word) => !all.some(([known]) => known === word))).toEqual([]);
  // Pearson's χ² of words that are expected 5 times or more; the others are one class.
  const often = all.filter(([, chance]) => chance * count >= 5);
  const rest = 1 - often.reduce((sum, [, chance]) => sum + chance, 0);
  const others = count - often.reduce((sum, [word]) => sum + (found.get(word) ?? 0), 0);
  const square = (seen: number, chance: number) => (seen - chance * count) ** 2 / (chance * count);
  const statistic = often.reduce((sum, [word, chance]) => sum + square(found.get(word) ?? 0, chance), 0);
  // The 99.9 % quantile of χ² with k degrees of freedom, by Wilson and Hilferty.
  const k = often.length;
  expect(k).toBeGreaterThan(30);
  expect(statistic + square(others, rest)).toBeLessThan(k * (1 - 2 / (9 * k) + 3.09 * Math.sqrt(2 / (9 * k))) ** 3);
  await model.close();
});

it('gives sample i the same letters, whatever is drawn with it, and greedily the most probable ones', async () => {
  const model = await open(await exported('words', words, drawnWeights(parametersOf(words), 4)));
  const given = { topic: [0, 2] };
  const all = await model.sample(given, { count: 150, seed: 7, draw: true });
  const some = await model.sample({ topic: 2 }, { count: 3, first: 20, seed: 7, draw: true });
  expect(Array.from(some.data)).toEqual(Array.from(all.data.subarray((150 + 20) * 5, (150 + 23) * 5)));
  const { data, shape } = await model.mean(given);
  expect(shape).toEqual([2, 5, 4]);
  for (let place = 0; place < 10; place++) {
    const chances = data.subarray(4 * place, 4 * place + 4);
    expect(chances.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
  }
  const { z } = all;
  const decoded = await model.decode(z.data.subarray(0, 2), { topic: 0 });
  const undrawn = await model.sample({ topic: 0 }, { seed: 7 });
  expect(Array.from(decoded.data)).toEqual(Array.from(undrawn.data));
  expect((await model.interpolate([0, 0], [1, 1], 3, { topic: 1 })).shape).toEqual([3, 5, 4]);
  expect((await model.selfTest()).passed).toBe(true);
  await model.close();
});

it('draws several targets together: what belongs to an end is empty behind it', async () => {
  const model = await open<typeof sketches>(
    await exported('sketches', sketches, drawnWeights(parametersOf(sketches), 2)),
  );
  const { offset, pen, z } = await model.sample({ speed: 1 }, { count: 40, seed: 1, draw: true });
  expect([offset.shape, pen.shape, z.shape]).toEqual([
    [40, 4, 2],
    [40, 4],
    [40, 2],
  ]);
  let ended = 0;
  for (let row = 0; row < 40; row++) {
    const pens = Array.from(pen.data.subarray(row * 4, row * 4 + 4));
    const end = pens.indexOf(2);
    if (end === -1) continue;
    ended++;
    expect(pens.slice(end)).toEqual(pens.slice(end).map(() => 2));
    const strokes = offset.data.subarray(row * 8, row * 8 + 8);
    expect(Array.from(strokes.subarray(2 * end)).every((x) => x === 0)).toBe(true);
    expect(Array.from(strokes.subarray(0, 2 * end)).every((x) => x !== 0)).toBe(true);
  }
  expect(ended).toBeGreaterThan(5);
  const mean = await model.mean({ speed: 1 });
  expect([mean.offset.shape, mean.pen.shape, mean.offset.weights?.length]).toEqual([[1, 4, 2], [1, 4, 3], 12]);
  await model.close();
});

it('draws numbers as from the means and deviations of the steps before', async () => {
  const model = await open(await exported('noisy', noisy, drawnWeights(parametersOf(noisy), 2)));
  const { data, shape } = await model.sample({}, { count: 5, seed: 2, draw: true });
  expect(shape).toEqual([5, 3, 2]);
  expect(new Set(data).size).toBe(30);
  await model.close();
});
