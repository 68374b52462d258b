import { expect, it } from 'vitest';
import { batchMean, noise, type Model } from 'cvae-compile';
import { engineOf, objective } from 'cvae-compile/train';
import { feedsOf, graphOf, valuesOf } from '../objectives/support.ts';
import { loads, sketches, words } from './models.ts';
import { meansOfLoads, ofSketch, ofWord, oneHot, put, vector, type Feeds } from './plain.ts';

/** −log p(y|x,z) of one example, with z as noise. */
const fit = objective('fit', ({ decoder, nll, x, y, model }) => ({
  loss: batchMean(nll(decoder(x, noise('z', 'normal', y, [model.latent]), y), y)),
}));

const WORDS: readonly (readonly [what: string, letters: readonly number[]])[] = [
  ['that ends early', [0, 2, 3, 1, 0]],
  ['that fills all steps', [0, 2, 1, 1, 0]],
  ['that ends in the last step', [2, 2, 1, 1, 3]],
  ['that is empty', [3, 3, 3, 3, 3]],
];

it.each(WORDS)('−log p of a word %s is that of plain loops, on each engine', async (_, letters) => {
  const graph = graphOf(fit, words);
  const feeds = feedsOf(graph, 1);
  put(feeds, 'y', oneHot(4, letters));
  put(feeds, 'topic', [0, 1, 0]);
  const expected = ofWord(feeds, letters);
  expect(valuesOf(graph, feeds)['loss']).toBeCloseTo(expected, 10);
  for (const found of await onEngines(words, feeds)) expect(found).toBeCloseTo(expected, 4);
});

const onEngines = async (model: Model, feeds: Feeds): Promise<readonly number[]> => {
  const graph = graphOf(fit, model);
  const floats = (name: string) => Float32Array.from(vector(feeds, name));
  const weights = new Map(graph.params.map(({ name, shape }) => [name, { shape, data: floats(name) }]));
  const values = Object.fromEntries(graph.inputs.map(({ name }) => [name, floats(name)]));
  const all = (['tfjs', 'onnx'] as const).map(async (name) => {
    const engine = await engineOf(name);
    return (await engine.evaluate(graph, weights, values, 1))['loss'] ?? NaN;
  });
  return Promise.all(all);
};

it.each([
  ['that ends early', [0, 1, 2, 1]],
  ['without an end', [0, 1, 0, 0]],
])('−log p of a sketch %s is that of plain loops, on each engine', async (_, pens) => {
  const graph = graphOf(fit, sketches);
  const feeds = feedsOf(graph, 1);
  const strokes = [0.3, -1, 0.5, 0.2, 9, 9, -0.4, 1.2];
  put(feeds, 'pen', oneHot(3, pens));
  put(feeds, 'offset', strokes);
  const expected = ofSketch(feeds, strokes, pens);
  expect(valuesOf(graph, feeds)['loss']).toBeCloseTo(expected, 6);
  for (const found of await onEngines(sketches, feeds)) expect(found).toBeCloseTo(expected, 4);
});

it('−log p of steps that are given series is that of plain loops, on each engine', async () => {
  const graph = graphOf(fit, loads);
  const feeds = feedsOf(graph, 1);
  const y = [0.4, -1.2, 2.5, 0.1];
  put(feeds, 'y', y);
  const means = meansOfLoads(feeds, y);
  const expected = y.reduce((sum, own, t) => sum + ((own - (means[t] ?? NaN)) ** 2 + Math.log(2 * Math.PI)) / 2, 0);
  expect(valuesOf(graph, feeds)['loss']).toBeCloseTo(expected, 6);
  for (const found of await onEngines(loads, feeds)) expect(found).toBeCloseTo(expected, 4);
});
