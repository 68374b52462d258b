import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { concat, constant, cvae, dense, flatten, gaussian, normal, shaped, steps } from 'cvae-compile';
import { exportModel } from 'cvae-compile/compiler';
import { open, trainer } from 'cvae-compile/runtime';
import { drawnWeights } from '../../src/testing/draw.ts';
import { parametersOf } from '../../src/train/parameters.ts';
import { loads } from './models.ts';
import { meansOfLoads, type Feeds } from './plain.ts';

const folder = mkdtempSync(join(tmpdir(), 'step-inputs-'));
afterAll(() => rmSync(folder, { recursive: true }));

const weights = drawnWeights(parametersOf(loads), 5);
const weather = [0.1, -2, 1.5, 0.3, -0.7, 0.9, 2, -1];

const scale = (name: string): readonly number[] => Array.from(weights.get(`scaling/${name}`)?.data ?? []);

/** What plain loops give when each mean is given to the next step; networks see numbers standardised. */
const expected = (z: number): number[] => {
  const [means, deviations] = [scale('weather/mean'), scale('weather/deviation')];
  const standardised = weather.map(
    (x, i) => (x - (means[i % means.length] ?? NaN)) / (deviations[i % deviations.length] ?? NaN),
  );
  const feeds: Feeds = {
    ...Object.fromEntries([...weights].map(([name, { shape, data }]) => [name, { dtype: 'float32', shape, data }])),
    z: { dtype: 'float64', shape: [1, 1], data: Float64Array.of(z) },
    weather: { dtype: 'float64', shape: [1, 4, 2], data: Float64Array.from(standardised) },
  };
  const y: number[] = [];
  for (let t = 0; t < 4; t++) y.push(meansOfLoads(feeds, [...y, NaN]).at(-1) ?? NaN);
  const [[mean = NaN], [deviation = NaN]] = [scale('y/mean'), scale('y/deviation')];
  return y.map((x) => x * deviation + mean);
};

describe.each(['float32', 'float16'] as const)('files of %s weights', (precision) => {
  it('give each step its own part of the series', async () => {
    const out = join(folder, precision);
    const { agreements } = await exportModel(loads, weights, { out, precision });
    for (const { difference } of agreements) expect(difference).toBeLessThan(1e-4);
    const model = await open(out);
    const z = [[0.3], [-1.1]];
    const { data } = await model.decode(z, { weather });
    const all = z.flatMap(([one = NaN]) => expected(one));
    const far = precision === 'float32' ? 1e-5 : 0.02;
    for (const [i, value] of all.entries()) expect(Math.abs((data[i] ?? NaN) - value)).toBeLessThan(far);
    await model.close();
  });
});

it('train on from their folder, and draw what is given the same noise', async () => {
  const out = join(folder, 'trained');
  await exportModel(loads, weights, { out, training: true });
  const learner = await trainer(out);
  const batch = { weather: [...weather, ...weather.toReversed()], y: [1, 2, 0, -1, 0.5, 0, 1, 2] };
  const losses: number[] = [];
  for (let i = 0; i < 30; i++) losses.push((await learner.step(batch))['loss'] ?? NaN);
  expect(Math.min(...losses.slice(-5))).toBeLessThan((losses[0] ?? NaN) * 0.9);
  await learner.close();
});

const load = normal(4, 1);

/** A model whose steps are given a series of this shape. */
const given = (...shape: readonly number[]) =>
  cvae({
    condition: {},
    target: load,
    latent: 1,
    recognition: ({ y }) => y.pipe(flatten, gaussian(1)),
    decoder: ({ z }) =>
      steps(load, { start: constant([1], 0), state: z, inputs: constant(shape, 0) }, ({ state, input }) => ({
        out: concat(state, input.pipe(shaped(2))).pipe(dense(1)),
        state,
      })),
  });

it.each([
  [
    [3, 2],
    'decoder/steps_1, input: expected an axis of the 4 steps, then what each step has, got [3, 2]; give it 4 steps, as by expand(4) where all are given the same',
  ],
  [
    [4],
    'decoder/steps_1, input: expected an axis of the 4 steps, then what each step has, got [4]; give it an axis of 1, as by reshape(4, 1)',
  ],
])('series of %j are refused in a sentence', (shape, sentence) => {
  expect(() => given(...shape)).toThrow(sentence);
});

it('a series that is the same for all examples is given too', () => {
  expect(parametersOf(given(4, 2)).map(({ name }) => name)).toContain('decoder/steps_1/dense_1/kernel');
});

it('an option of another name is refused', () => {
  const wrong = { start: constant([1], 0), state: constant([1], 0), input: constant([4, 2], 0) };
  expect(() =>
    cvae({
      condition: {},
      target: load,
      latent: 1,
      recognition: ({ y }) => y.pipe(flatten, gaussian(1)),
      decoder: () => steps(load, wrong, ({ state }) => ({ out: state, state })),
    }),
  ).toThrow('decoder/steps_1: expected start, state and inputs, got input; correct it or leave it out');
});
