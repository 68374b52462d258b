import { expect, it } from 'vitest';
import { engineOf, evaluate } from 'cvae-compile/train';
import { drawnWeights } from '../../src/testing/draw.ts';
import { Confusion } from '../../src/train/classes.ts';
import { parametersOf } from '../../src/train/parameters.ts';
import { words } from './models.ts';
import { dense, logSumExp, ofWord, oneHot, type Feeds } from './plain.ts';

const weights = drawnWeights(parametersOf(words), 7);
const examples = [
  { topic: 0, y: [0, 1, 3, 3, 3] },
  { topic: 2, y: [2, 2, 2, 2, 1] },
  { topic: 1, y: [3, 3, 3, 3, 3] },
];

const feeds = (z: readonly number[], topic: number): Feeds => {
  const named = [...weights].map(([name, { shape, data }]) => [name, { dtype: 'float64', shape, data }] as const);
  const given = { z: Float64Array.from(z), topic: Float64Array.from(oneHot(3, [topic])) };
  return Object.fromEntries([
    ...named.map(([name, tensor]) => [name, { ...tensor, data: Float64Array.from(tensor.data) }] as const),
    ...Object.entries(given).map(
      ([name, data]) => [name, { dtype: 'float64', shape: [1, data.length], data }] as const,
    ),
  ]) as Feeds;
};

/** −log p(y|x), by the midpoints of a grid of z in deviations of the prior. */
const exact = (topic: number, letters: readonly number[]): number => {
  const told = feeds([0, 0], topic);
  // The prior's layers are named as the decoder's are, but for the network.
  const prior = Object.fromEntries(
    Object.entries(told).map(([name, x]) => [name.replace(/^prior/, 'decoder/prior'), x]),
  );
  const read = (head: string) => dense(prior, `prior/gaussian_1/${head}`, oneHot(3, [topic]));
  const [mean, logVar] = [read('mean'), read('logVar')];
  const steps = Array.from({ length: 60 }, (_, i) => -6 + (i + 0.5) * 0.2);
  const all = steps.flatMap((a) =>
    steps.map((b) => {
      const z = [a, b].map((e, d) => (mean[d] ?? NaN) + Math.exp((logVar[d] ?? NaN) / 2) * e);
      return -ofWord(feeds(z, topic), letters) - (a * a + b * b) / 2 + Math.log(0.04 / (2 * Math.PI));
    }),
  );
  return -logSumExp(all);
};

it.each(['tfjs', 'onnx'] as const)('importance sampling of many z finds −log p(y|x), in %s', async (name) => {
  const engine = await engineOf(name);
  const expected = examples.map(({ topic, y }) => exact(topic, y)).reduce((a, b) => a + b, 0) / examples.length;
  const found = await evaluate(words, weights, examples, { samples: 3000, engine, part: 'train' });
  expect(found.importanceSampling).toBeCloseTo(expected, 1);
  expect(found.monteCarlo).toBeCloseTo(expected, 1);
  expect(found.negativeElbo).toBeGreaterThan(expected);
});

it('counts the classes of each step up to the end, and none behind it', () => {
  const confusion = new Confusion(words.target);
  const [right, wrong] = [oneHot(4, [0, 1, 3]), oneHot(4, [2, 2])];
  const y = Float32Array.from([...right, ...oneHot(4, [3, 3])]);
  expect(confusion.add(Float32Array.from([...right, ...wrong]), y)).toBe(1);
  expect(confusion.add(Float32Array.from([...oneHot(4, [0, 0, 0]), ...oneHot(4, [3, 3])]), y)).toBeCloseTo(1 / 3, 12);
});
