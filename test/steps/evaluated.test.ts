import { expect, it } from 'vitest';
import { engineOf, evaluate } from 'cvae-compile/train';
import { drawnWeights } from '../../src/testing/draw.ts';
import { Confusion } from '../../src/train/classes.ts';
import { parametersOf } from '../../src/train/parameters.ts';
import { words } from './models.ts';
import { exact } from './exact.ts';
import { oneHot } from './plain.ts';
import { chosen } from '../support/chosen.ts';

const weights = drawnWeights(parametersOf(words), 7);
const examples = [
  { topic: 0, y: [0, 1, 3, 3, 3] },
  { topic: 2, y: [2, 2, 2, 2, 1] },
  { topic: 1, y: [3, 3, 3, 3, 3] },
];

it.each(chosen('engines that evaluate steps', ['tfjs', 'onnx'] as const, 1))(
  'importance sampling of many z finds −log p(y|x), in %s',
  async (name) => {
    const engine = await engineOf(name);
    const expected =
      examples.map(({ topic, y }) => exact(weights, topic, y)).reduce((a, b) => a + b, 0) / examples.length;
    const found = await evaluate(words, weights, examples, { samples: 3000, engine, part: 'train' });
    expect(found.importanceSampling).toBeCloseTo(expected, 1);
    expect(found.monteCarlo).toBeCloseTo(expected, 1);
    expect(found.negativeElbo).toBeGreaterThan(expected);
  },
);

it('counts the classes of each step up to the end, and none behind it', () => {
  const confusion = new Confusion(words.target);
  const [right, wrong] = [oneHot(4, [0, 1, 3]), oneHot(4, [2, 2])];
  const y = Float32Array.from([...right, ...oneHot(4, [3, 3])]);
  expect(confusion.add(Float32Array.from([...right, ...wrong]), y)).toBe(1);
  expect(confusion.add(Float32Array.from([...oneHot(4, [0, 0, 0]), ...oneHot(4, [3, 3])]), y)).toBeCloseTo(1 / 3, 12);
});
