import type { OnnxTensor } from '../../src/onnx/graph.ts';
import { HOURS } from './models.ts';

// −log p of models of steps in plain loops.

/** Inputs and parameters by name. */
export type Feeds = Record<string, OnnxTensor>;

/** The numbers of a feed. */
export const vector = (feeds: Feeds, name: string): number[] => Array.from(feeds[name]?.data ?? [], Number);

/** x·W + b of a dense layer. */
export const dense = (feeds: Feeds, name: string, x: readonly number[]): number[] => {
  const [kernel, bias] = [vector(feeds, `decoder/${name}/kernel`), vector(feeds, `decoder/${name}/bias`)];
  return bias.map((b, j) => x.reduce((sum, xi, i) => sum + xi * (kernel[i * bias.length + j] ?? NaN), b));
};

export const logSumExp = (xs: readonly number[]): number => Math.log(xs.reduce((sum, x) => sum + Math.exp(x), 0));
/** Classes, each as 1 among zeros. */
export const oneHot = (length: number, chosen: readonly number[]): number[] =>
  chosen.flatMap((index) => Array.from({ length }, (_, k) => (k === index ? 1 : 0)));
/** Replaces the numbers of a feed. */
export const put = (feeds: Feeds, name: string, data: readonly number[]): void => {
  feeds[name] = { dtype: 'float64', shape: feeds[name]?.shape ?? [], data: Float64Array.from(data) };
};

/** −log p of a word, in plain loops. */
export const ofWord = (feeds: Feeds, letters: readonly number[]): number => {
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

/** −log p of a sketch of strokes and pens, in plain loops: at the end there is no stroke any more. */
export const ofSketch = (feeds: Feeds, strokes: readonly number[], pens: readonly number[]): number => {
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

/** The means of loads, in plain loops: each step is given y of the step before, and its own part of the series. */
export const meansOfLoads = (feeds: Feeds, y: readonly number[]): number[] => {
  const [z, weather] = [vector(feeds, 'z'), vector(feeds, 'weather')];
  let [previous, state] = [0.5, dense(feeds, 'dense_1', z).map(Math.tanh)];
  return y.map((own, t) => {
    const now = weather.slice(2 * t, 2 * t + 2);
    const felt = dense(feeds, 'dense_2', now).map(Math.tanh);
    state = dense(feeds, 'steps_1/dense_1', [previous, ...state, ...now, ...felt, ...HOURS.slice(2 * t, 2 * t + 2)]);
    state = state.map(Math.tanh);
    previous = own;
    return dense(feeds, 'steps_1/dense_2', state)[0] ?? NaN;
  });
};
