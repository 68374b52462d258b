import { distributionOf } from '../distributions/data/table.ts';
import type { Gaussian } from '../dsl/gaussian.ts';
import type { Model } from '../dsl/model.ts';
import { bodyOf, type Tensors } from '../dsl/network.ts';
import { constant, noise } from '../dsl/leaves.ts';
import type { Tensor } from '../dsl/tensor.ts';
import { InvalidModel } from '../errors.ts';
import type { Graph } from '../graph/graph.ts';
import type { Resolution } from '../graph/resolve.ts';
import { resolveRolled } from './roll.ts';
import type { Shape } from '../shape/shape.ts';
import { add, mul, sub } from './arithmetic.ts';
import { group, ungroup } from './batch.ts';
import { klPerDimension, logRatio, reparameterise } from './gaussian.ts';
import { logSumExp, sum, sumLast } from './reduce.ts';
import { many, spread } from './samples.ts';
import { batchOf, batchShapes, wire, type Wiring } from './wiring.ts';

/**
 * Returns a graph that evaluates a model on examples whose y is known: it maps conditions, y and noise to numbers for
 * each example, in nats. Outputs, as far as the model has them:
 *
 * - `monteCarlo` [samples]: log p(y|x,z) with z ~ p(z|x), whose log-mean-exp is an estimate of log p(y|x) (Sohn, Lee
 *   and Yan 2015, equation 7); noise `priorNoise`. With `forward: false`, not of a model with a recognition network.
 * - `importance` [samples]: log p(y|x,z)·p(z|x)/q(z|x,y) with z ~ q(z|x,y), likewise (their equation 8); noise `noise`.
 * - `reconstruction`: the mean of −log p(y|x,z) over these z (over those of the prior without a recognition network).
 * - `kl` [latent]: KL(q ‖ p) of each dimension, in closed form; `posterior` [latent]: q's mean.
 * - `deterministic`: −log p(y|x,z) at z = the prior's mean, and `prediction`, y's mean there. A predictor has only
 *   these.
 */
export const estimation = (
  model: Model,
  samples: number,
  { forward = true, ...how }: Pick<Resolution, 'hoisted'> & { readonly forward?: boolean } = {},
): Graph =>
  resolveRolled(
    bodyOf('evaluation', batchShapes(model), (batch) =>
      estimates(
        model,
        samples,
        batch,
        (label, each) => noise<[number]>(label, 'normal', each, [model.latent]),
        forward,
      ),
    ),
    { mode: 'infer', ...how },
  );

/**
 * Returns the graph of an evaluation as exported to a file: it maps conditions, y and noise [samples, latent] for each
 * example to the numbers that `evaluate` reports under these names, all negative log-likelihoods or parts of one:
 * `importanceSampling` and `monteCarlo` of these samples, `negativeElbo`, `reconstruction`, `kl`, `deterministic`;
 * `klPerDimension` and `posteriorMean` [latent]; `prediction`. For more samples than fit into one run it also outputs,
 * per sample, `logWeights` and `logLikelihoods`, whose −log-mean-exp is `importanceSampling` and `monteCarlo`. If the
 * target is not a distribution, no likelihood is estimated.
 */
export function evaluation(model: Model, samples: number): Graph {
  const { latent, networks, target } = model;
  const normalised = distributionOf(target).unit === 'nats';
  const labels = latent === 0 ? [] : ['priorNoise', ...(networks.recognition ? ['noise'] : [])];
  const drawn = Object.fromEntries(labels.map((label): [string, Shape] => [label, [samples, latent]]));
  const taken = [...Object.keys(model.condition), ...Object.keys(target.targets ?? {})].find((name) => OWN.has(name));
  if (taken !== undefined)
    throw new InvalidModel(
      `evaluation: expected ${target.targets ? 'conditions and targets' : 'conditions'} of names of their own, got ${taken}, an input or output of evaluation.onnx; rename it, or export without evaluation`,
    );
  const body = bodyOf('output', { ...batchShapes(model), ...drawn }, (given) => {
    const batch = Object.fromEntries(Object.entries(given).filter(([name]) => !Object.hasOwn(drawn, name)));
    const own = estimates(model, samples, batch, (label) => {
      const all = given[label];
      if (!all) throw new Error(`an evaluation without ${label}`);
      // As declared above.
      return ungroup(samples)(all as Tensor as Tensor<[number, number]>);
    });
    const { importance, monteCarlo, reconstruction, kl, posterior, deterministic, prediction } = own;
    const total = kl && sum(kl);
    return {
      ...(normalised && {
        ...(importance && { importanceSampling: minusLogMeanExp(importance, samples) }),
        ...(monteCarlo && { monteCarlo: minusLogMeanExp(monteCarlo, samples) }),
      }),
      ...(reconstruction && { negativeElbo: total ? add(total, reconstruction) : reconstruction, reconstruction }),
      ...(kl && total && { kl: total, klPerDimension: kl }),
      ...(posterior && { posteriorMean: posterior }),
      ...(deterministic && { deterministic }),
      ...(prediction && { prediction }),
      ...(normalised && {
        ...(importance && { logWeights: importance }),
        ...(monteCarlo && { logLikelihoods: monteCarlo }),
      }),
    };
  });
  return resolveRolled(body, { mode: 'infer', name: 'evaluation' });
}

/** All inputs and outputs that an evaluation's file can have, apart from conditions. */
const OWN = new Set([
  'priorNoise',
  'importanceSampling',
  'monteCarlo',
  'negativeElbo',
  'reconstruction',
  'kl',
  'klPerDimension',
  'posteriorMean',
  'deterministic',
  'prediction',
  'logWeights',
  'logLikelihoods',
]);

/** Returns the noise of this label for each row of `each`: [latent]. */
type Draw = (label: string, each: Tensor) => Tensor<[number]>;

const estimates = (model: Model, samples: number, batch: Tensors, draw: Draw, ofPrior = true): Tensors => {
  const { y, mask, x } = batchOf(model, batch);
  const wiring = wire(model);
  if (model.latent === 0) return atMean(wiring, x, y, mask);
  const prior = wiring.prior(x);
  const repeated = Object.fromEntries(Object.entries(x).map(([name, value]) => [name, many(samples)(value)]));
  const each = { x: repeated, y: many(samples)(y), mask: mask && many(samples)(mask) };
  const p = prior && spread(prior, samples);
  const logLikelihood = (z: Tensor): Tensor<[]> =>
    mul(wiring.nll(wiring.decoder(each.x, z, each.y, each.mask), each.y, each.mask), -1);
  const forward = ofPrior || !model.networks.recognition ? logLikelihood(at(draw('priorNoise', each.y), p)) : undefined;
  const zeros = origin(y, model.latent);
  const mean = prior ? add(prior.mean, zeros) : zeros;
  const common = {
    ...(forward && { monteCarlo: group(samples)(forward) }),
    ...atMean(wiring, x, y, mask, mean),
  };
  const q = wiring.recognition(x, y, mask);
  if (!q) return { ...common, ...(forward && { reconstruction: meanOf(forward, samples) }) };

  const posterior = spread(q, samples);
  const epsilon = draw('noise', each.y);
  const z = at(epsilon, posterior);
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
};

/** Returns z for this noise; without a Gaussian, z ~ N(0, I) is the noise itself. */
const at = (epsilon: Tensor, gaussian: Gaussian | undefined): Tensor =>
  gaussian ? reparameterise(gaussian, epsilon) : epsilon;

/** Returns the latent's origin for each example of y: zeros with a batch axis, which a constant does not have. */
const origin = (y: Tensor, latent: number): Tensor<[number]> => mul(constant<[number]>([latent], 1), sum(mul(y, 0)));

/** Returns minus the mean of each example's k samples. */
const meanOf = (logLikelihoods: Tensor<[]>, samples: number): Tensor =>
  mul(sumLast(group(samples)(logLikelihoods)), -1 / samples);

/** Returns −log (1/k)·Σ e^v over k samples. */
const minusLogMeanExp = (values: Tensor, samples: number): Tensor => sub(Math.log(samples), logSumExp(values));

/** Returns the deterministic prediction (the paper's z* = E[z|x]), and its −log p(y|x,z). */
const atMean = (wiring: Wiring, x: Tensors, y: Tensor, mask: Tensor | undefined, z?: Tensor): Tensors => {
  const parameters = wiring.decoder(x, z, y, mask);
  return { deterministic: wiring.nll(parameters, y, mask), prediction: wiring.mean(parameters).y };
};
