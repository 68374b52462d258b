import type { Weights } from '../weights/weights.ts';
import type { Scene } from './scene.ts';

/** Returns z from the prior, using the given noise. */
export const latentsOf = async ({
  graphs,
  engine,
  weights,
  given,
  count,
}: Pick<Scene, 'graphs' | 'engine' | 'given' | 'count'> & { readonly weights: Weights }): Promise<Float32Array> => {
  const { noise = new Float32Array() } = given;
  if (!graphs.prior) return noise;
  const { mean = noise, logVar = noise } = await engine.compute(graphs.prior, weights, given, count);
  return mean.map((m, i) => m + Math.exp((logVar[i] ?? 0) / 2) * (noise[i] ?? 0));
};
