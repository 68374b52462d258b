import type { Weights } from '../../src/weights/weights.ts';
import { dense, logSumExp, ofWord, oneHot, type Feeds } from './plain.ts';

const feeds = (weights: Weights, z: readonly number[], topic: number): Feeds => {
  const named = [...weights].map(([name, { shape, data }]) => [name, { dtype: 'float64', shape, data }] as const);
  const given = { z: Float64Array.from(z), topic: Float64Array.from(oneHot(3, [topic])) };
  return Object.fromEntries([
    ...named.map(([name, tensor]) => [name, { ...tensor, data: Float64Array.from(tensor.data) }] as const),
    ...Object.entries(given).map(
      ([name, data]) => [name, { dtype: 'float64', shape: [1, data.length], data }] as const,
    ),
  ]) as Feeds;
};

/** −log p(y|x) of a word, by the midpoints of a grid of z in deviations of the prior. */
export const exact = (weights: Weights, topic: number, letters: readonly number[]): number => {
  const told = feeds(weights, [0, 0], topic);
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
      return -ofWord(feeds(weights, z, topic), letters) - (a * a + b * b) / 2 + Math.log(0.04 / (2 * Math.PI));
    }),
  );
  return -logSumExp(all);
};
