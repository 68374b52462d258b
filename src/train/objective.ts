import type { Model } from '../dsl/model.ts';
import { bodyOf, type Tensors } from '../dsl/network.ts';
import { noise, type Tensor } from '../dsl/tensor.ts';
import { InvalidModel } from '../errors.ts';
import type { Body } from '../graph/node.ts';
import type { Shape } from '../shape/shape.ts';
import { add } from '../layers/arithmetic.ts';
import { kl, reparameterise } from '../layers/gaussian.ts';
import { batchMean } from '../layers/reduce.ts';
import { conditionShapes, wire } from '../layers/wiring.ts';

/**
 * What is minimised, as a graph over the model's networks: from a batch and noise to `loss`, `reconstruction` and `kl`, each
 * the mean over the batch of a number for each example, in nats (for a `squaredError` target, which is no distribution, in
 * squared units of y plus nats). The same graph trains, evaluates and can be exported.
 */
export interface Objective {
  readonly name: string;
  body(model: Model): Body;
}

/** The inputs of an objective: the target, its mask where it has one, and the conditions. */
const inputs = (model: Model): Record<string, Shape> => ({
  y: model.target.shape,
  ...(model.target.mask !== undefined && model.target.mask !== false && { mask: model.target.dataShape }),
  ...conditionShapes(model),
});

/** An objective from what it computes of the target, the mask and the conditions. */
const objective = (
  name: string,
  compute: (model: Model, y: Tensor, mask: Tensor | undefined, x: Tensors) => Tensors,
): Objective => ({
  name,
  body: (model) =>
    bodyOf('objective', inputs(model), ({ y, mask, ...x }) => {
      if (!y) throw new Error('an objective without a target');
      const metrics = compute(model, y, mask, x);
      return Object.fromEntries(Object.entries(metrics).map(([key, value]) => [key, batchMean(value)]));
    }),
});

/**
 * The negative evidence lower bound with one sample, −log p(y|x,z) + KL(q(z|x,y) ‖ p(z|x)) with z ~ q (Sohn, Lee and Yan 2015,
 * equation 4; the KL in closed form). The noise input is named `noise`.
 *
 * @throws InvalidModel for a model without a recognition network.
 */
export const elbo = (): Objective =>
  objective('elbo', (model, y, mask, x) => {
    const wiring = wire(model);
    const q = wiring.recognition(x, y);
    if (!q)
      throw new InvalidModel(
        'elbo: expected a model with a recognition network, got one without; add recognition to it',
      );
    const z = reparameterise(q, noise('noise', 'normal', q.mean, q.mean.shape));
    const reconstruction = wiring.nll(wiring.decoder(x, z), y, mask);
    const divergence = kl(q, wiring.prior(x));
    return { loss: add(reconstruction, divergence), reconstruction, kl: divergence };
  });

/** The negative log-likelihood of a predictor, −log p(y|x). */
export const likelihood = (): Objective =>
  objective('likelihood', (model, y, mask, x) => {
    const wiring = wire(model);
    const reconstruction = wiring.nll(wiring.decoder(x), y, mask);
    return { loss: reconstruction, reconstruction };
  });

/** The negative log-likelihood of a model's baseline, by which it is pretrained. */
export const baselineLikelihood = (): Objective =>
  objective('baseline', (model, y, mask, x) => {
    const wiring = wire(model);
    const parameters = wiring.baseline(x);
    if (!parameters)
      throw new InvalidModel('baseline: expected a model with a baseline, got one without; add one to it');
    const reconstruction = wiring.nll(parameters, y, mask);
    return { loss: reconstruction, reconstruction };
  });

/** The objective of a model unless one is named: the ELBO, or a predictor's likelihood. */
export const usual = (model: Model): Objective => (model['~kind'] === 'cvae' ? elbo() : likelihood());
