import type { Model } from '../dsl/model.ts';
import { bodyOf } from '../dsl/network.ts';
import type { Graph } from '../graph/graph.ts';
import { resolveRolled } from './roll.ts';
import { klPerDimension } from './gaussian.ts';
import { drawn } from './samples.ts';
import { batchOf, batchShapes, wire } from './wiring.ts';

/**
 * Returns a graph that shows how a model uses its latent: `first` and `second`, y's means at two draws of z from the
 * prior (noise `firstNoise` and `secondNoise`). With `recognised`, if there is a recognition network, also `kl`
 * [latent], KL(q ‖ p) of each dimension, and `posterior` [latent], q's mean.
 */
export function latentUseGraph(model: Model, recognised: boolean): Graph {
  const body = bodyOf('latent use', batchShapes(model), (batch) => {
    const { y, mask, x } = batchOf(model, batch);
    const { prior, recognition, decoder, mean } = wire(model);
    const p = prior(x);
    const at = (noise: string) => mean(decoder(x, drawn(noise, y, model.latent, p).z, y, mask)).y;
    const q = recognised ? recognition(x, y, mask) : undefined;
    return {
      first: at('firstNoise'),
      second: at('secondNoise'),
      ...(q && { kl: klPerDimension(q, p), posterior: q.mean }),
    };
  });
  return resolveRolled(body, { mode: 'infer' });
}
