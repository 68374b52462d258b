import { expect, it } from 'vitest';
import { batchMean, noise, type Model } from 'cvae-compile';
import { engineOf, objective } from 'cvae-compile/train';
import type { OnnxTensor } from '../../src/onnx/graph.ts';
import { graphOf, valuesOf } from '../objectives/support.ts';
import { feedsOf } from '../objectives/support.ts';
import { sketches, words } from './models.ts';

/** −log p(y|x,z) of one example, with z as noise. */
const fit = objective('fit', ({ decoder, nll, x, y, model }) => ({
  loss: batchMean(nll(decoder(x, noise('z', 'normal', y, [model.latent]), y), y)),
}));

type Feeds = Record<string, OnnxTensor>;

const vector = (feeds: Feeds, name: string): number[] => Array.from(feeds[name]?.data ?? [], Number);

/** x·W + b of a dense layer. */
const dense = (feeds: Feeds, name: string, x: readonly number[]): number[] => {
  const [kernel, bias] = [vector(feeds, `decoder/${name}/kernel`), vector(feeds, `decoder/${name}/bias`)];
  return bias.map((b, j) => x.reduce((sum, xi, i) => sum + xi * (kernel[i * bias.length + j] ?? NaN), b));
};

const logSumExp = (xs: readonly number[]): number => Math.log(xs.reduce((sum, x) => sum + Math.exp(x), 0));
const oneHot = (length: number, chosen: readonly number[]): number[] =>
  chosen.flatMap((index) => Array.from({ length }, (_, k) => (k === index ? 1 : 0)));
const put = (feeds: Feeds, name: string, data: readonly number[]): void => {
  feeds[name] = { dtype: 'float64', shape: feeds[name]?.shape ?? [], data: Float64Array.from(data) };
};

/** −log p of a word, in plain loops. */
const ofWord = (feeds: Feeds, letters: readonly number[]): number => {
  const [z, topic] = [vector(feeds, 'z'), vector(feeds, 'topic')];
  const context = dense(feeds, 'steps_1/dense_1', z);
  let [previous, state, sum] = [dense(feeds, 'dense_1', z), Array.from({ length: 6 }, () => Math.fround(0.1)), 0];
  for (const letter of letters) {
    state = dense(feeds, 'steps_1/dense_2', [...previous, ...state, ...topic, ...context]).map(Math.tanh);
    const logits = dense(feeds, 'steps_1/dense_3', state);
    sum += logSumExp(logits) - (logits[letter] ?? NaN);
    previous = oneHot(4, [letter]);
    if (letter === 3) break;
  }
  return sum;
};

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

/** −log p of a sketch of strokes and pens, in plain loops: at the end there is no stroke any more. */
const ofSketch = (feeds: Feeds, strokes: readonly number[], pens: readonly number[]): number => {
  const [z, [speed = NaN]] = [vector(feeds, 'z'), vector(feeds, 'speed')];
  const layer = (name: string, x: readonly number[]) => dense(feeds, name, x);
  let [offset, pen, sum] = [[0, 0], [1, 0, 0], 0];
  let [h, c] = [layer('dense_1', z).map(Math.tanh), layer('dense_2', [speed])];
  for (const [t, chosen] of pens.entries()) {
    const seen = layer('steps_1/dense_1', [...offset, ...pen, ...h, speed]).map(Math.tanh);
    const gate = gateOf(feeds, layer('steps_1/dense_2', [...seen, ...c]));
    c = layer('steps_1/dense_3', [...c, ...seen]);
    h = seen.map((x, i) => x * (gate[i] ?? NaN));
    const logits = layer('steps_1/dense_7', h);
    sum += logSumExp(logits) - (logits[chosen] ?? NaN);
    if (chosen === 2) break;
    const weights = layer('steps_1/dense_4', h);
    const [means, logVars] = [layer('steps_1/dense_5', h), layer('steps_1/dense_6', h)];
    offset = strokes.slice(2 * t, 2 * t + 2);
    const shares = weights.map((weight, k) => {
      const axes = offset.map((y, d) => {
        const variance = Math.exp(logVars[2 * k + d] ?? NaN) + 1e-6;
        return -0.5 * (Math.log(2 * Math.PI * variance) + (y - (means[2 * k + d] ?? NaN)) ** 2 / variance);
      });
      return weight + axes.reduce((a, b) => a + b, 0);
    });
    sum -= logSumExp(shares) - logSumExp(weights);
    pen = oneHot(3, [chosen]);
  }
  return sum;
};

/** The network that the steps call: layer normalisation, a dense layer, a sigmoid. */
const gateOf = (feeds: Feeds, x: readonly number[]): number[] => {
  const mean = x.reduce((a, b) => a + b, 0) / x.length;
  const variance = x.reduce((sum, v) => sum + (v - mean) ** 2, 0) / x.length;
  const [scale, shift] = [vector(feeds, 'gate/layerNorm_1/gamma'), vector(feeds, 'gate/layerNorm_1/beta')];
  const normal = x.map((v, i) => ((v - mean) / Math.sqrt(variance + 1e-5)) * (scale[i] ?? NaN) + (shift[i] ?? NaN));
  return dense(
    Object.fromEntries(Object.entries(feeds).map(([name, value]) => [name.replace(/^gate/, 'decoder/gate'), value])),
    'gate/dense_1',
    normal,
  ).map((v) => 1 / (1 + Math.exp(-v)));
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
