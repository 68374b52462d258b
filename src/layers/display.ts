import type { Model } from '../dsl/model.ts';
import { bodyOf } from '../dsl/network.ts';
import type { Graph } from '../graph/graph.ts';
import { resolveRolled } from './roll.ts';
import { drawn } from './samples.ts';
import { batchOf, batchShapes, wire } from './wiring.ts';

/**
 * Returns a graph that compares what a model draws with what it has seen: `sampled`, y's mean at z from the prior (noise `priorNoise`), and
 * `reconstructed`, y's mean at z from q(z|x,y) (noise `posteriorNoise`). Undefined without a recognition network.
 */
export const displayGraph = (model: Model): Graph | undefined => {
  if (!model.networks.recognition) return undefined;
  const body = bodyOf('display', batchShapes(model), (batch) => {
    const { y, mask, x } = batchOf(model, batch);
    const { prior, recognition, decoder, mean } = wire(model);
    const at = (noise: string, from: ReturnType<typeof prior>) =>
      mean(decoder(x, drawn(noise, y, model.latent, from).z, y, mask)).y;
    return { sampled: at('priorNoise', prior(x)), reconstructed: at('posteriorNoise', recognition(x, y, mask)) };
  });
  return resolveRolled(body, { mode: 'infer' });
};
