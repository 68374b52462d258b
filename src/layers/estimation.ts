import type { Model } from '../dsl/model.ts';
import { bodyOf, type Tensors } from '../dsl/network.ts';
import { constant, type Tensor } from '../dsl/tensor.ts';
import type { Graph } from '../graph/graph.ts';
import { resolve } from '../graph/resolve.ts';
import { add, mul, sub } from './arithmetic.ts';
import { group } from './batch.ts';
import { klPerDimension, logRatio } from './gaussian.ts';
import { sum, sumLast } from './reduce.ts';
import { drawn, many, spread } from './samples.ts';
import { batchShapes, wire, type Wiring } from './wiring.ts';

/**
 * What a model says of examples whose y is known, as one graph: from conditions, y and noise to numbers for each example, in
 * nats. Outputs, those that the model has:
 *
 * - `monteCarlo` [samples]: log p(y|x,z) with z ~ p(z|x), whose log-mean-exp is an estimate of log p(y|x) (Sohn, Lee and Yan
 *   2015, equation 7); noise `priorNoise`.
 * - `importance` [samples]: log p(y|x,z)·p(z|x)/q(z|x,y) with z ~ q(z|x,y), likewise (their equation 8); noise `noise`.
 * - `reconstruction`: the mean of −log p(y|x,z) over these z (over those of the prior without a recognition network).
 * - `kl` [latent]: KL(q ‖ p) of each dimension, in closed form; `posterior` [latent]: q's mean.
 * - `deterministic`: −log p(y|x,z) at z = the prior's mean, and `prediction`, y's mean there. Of a predictor, all there is.
 */
export function estimation(model: Model, samples: number): Graph {
  const body = bodyOf('evaluation', batchShapes(model), ({ y, mask, ...x }) => {
    if (!y) throw new Error('an evaluation without y');
    const wiring = wire(model);
    if (model.latent === 0) return atMean(wiring, x, y, mask);
    const prior = wiring.prior(x);
    const repeated = Object.fromEntries(Object.entries(x).map(([name, value]) => [name, many(samples)(value)]));
    const each = { x: repeated, y: many(samples)(y), mask: mask && many(samples)(mask) };
    const p = prior && spread(prior, samples);
    const logLikelihood = (z: Tensor): Tensor<[]> => mul(wiring.nll(wiring.decoder(each.x, z), each.y, each.mask), -1);
    const forward = logLikelihood(drawn('priorNoise', each.y, model.latent, p).z);
    const zeros = origin(y, model.latent);
    const mean = prior ? add(prior.mean, zeros) : zeros;
    const common = { monteCarlo: group(samples)(forward), ...atMean(wiring, x, y, mask, mean) };
    const q = wiring.recognition(x, y);
    if (!q) return { ...common, reconstruction: meanOf(forward, samples) };

    const posterior = spread(q, samples);
    const { z, epsilon } = drawn('noise', each.y, model.latent, posterior);
    const backward = logLikelihood(z);
    // log p·p/q = log p(y|x,z) − (log q − log p).
    const importance = sub(backward, mul(logRatio(z, epsilon, posterior, p), -1));
    return {
      ...common,
      importance: group(samples)(importance),
      reconstruction: meanOf(backward, samples),
      kl: klPerDimension(q, prior),
      posterior: add(q.mean, zeros),
    };
  });
  return resolve(body, { mode: 'infer' });
}

/** The latent's origin for each example of y: zeros with a batch axis, which a constant has not. */
const origin = (y: Tensor, latent: number): Tensor<[number]> => mul(constant<[number]>([latent], 1), mul(sum(y), 0));

/** −(the mean of k samples of each example). */
const meanOf = (logLikelihoods: Tensor<[]>, samples: number): Tensor =>
  mul(sumLast(group(samples)(logLikelihoods)), -1 / samples);

/** The deterministic prediction (the paper's z* = E[z|x]), and how well it fits. */
const atMean = (wiring: Wiring, x: Tensors, y: Tensor, mask: Tensor | undefined, z?: Tensor): Tensors => {
  const parameters = wiring.decoder(x, z);
  return { deterministic: wiring.nll(parameters, y, mask), prediction: wiring.mean(parameters).y };
};
