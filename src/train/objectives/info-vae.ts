import { checkOptions, taking } from '../../dsl/check-arguments.ts';
import { InvalidModel } from '../../errors.ts';
import { add, mul } from '../../layers/arithmetic.ts';
import { klPerDimension } from '../../layers/gaussian.ts';
import { mmd } from '../../layers/mmd.ts';
import { batchMean, sum } from '../../layers/reduce.ts';
import { drawn, spread } from '../../layers/samples.ts';
import { from0, number, whole } from '../../values/rules.ts';
import { objective, type Objective, withAbout } from '../objective.ts';
import { fitted, recognised, repeated, withAuxiliary, withParts } from './terms.ts';

/** How the InfoVAE is weighted. */
export interface InfoVaeOptions {
  /** The share of the KL that is left out: 1, as in the MMD-VAE, or a number below, such as 0 for the ELBO's whole KL. */
  readonly alpha?: number;
  /** The weight of the discrepancy, in nats for each example; 100 if omitted. With an alpha of 1 it is the factor of the MMD. */
  readonly lambda?: number;
  /** The number of draws of z for each example: 1. */
  readonly samples?: number;
}

const OPTIONS = {
  alpha: number('give the share of the KL that is left out, such as 1'),
  lambda: from0('give the weight of the discrepancy, such as 100'),
  samples: whole('of draws', 'give how many z are drawn for each example'),
};

/**
 * The InfoVAE (Zhao, Song and Ermon 2017, equation 6): −E_q[log p(y|x,z)] + (1 − α)·KL(q(z|x,y) ‖ p(z|x)) + (α + λ − 1)·MMD, which
 * compares the z of a whole batch, drawn from q, with as many drawn from the prior of the same conditions. It keeps z informative
 * where the ELBO lets the posterior collapse; its loss is no bound of −log p(y|x), so models are compared by `evaluate`. Returns
 * `loss`, `reconstruction`, `kl` and `mmd`, the last three without weights; the noise inputs are named `noise` and `priorNoise`.
 *
 * @throws InvalidModel for a model without a recognition network, and for weights that leave the MMD without effect.
 *
 * @example
 * ```ts
 * import { infoVae } from 'cvae-compile/train';
 *
 * export const training = { objective: infoVae({ alpha: 1, lambda: 100 }) }; // next to a definition
 * ```
 */
export const infoVae = taking('infoVae', { options: OPTIONS }, (options: InfoVaeOptions = {}): Objective => {
  checkOptions('infoVae', OPTIONS, options);
  const { alpha = 1, lambda = 100, samples = 1 } = options;
  const weight = alpha + lambda - 1;
  if (weight <= 0)
    throw new InvalidModel(
      `infoVae: expected alpha + lambda above 1, got ${alpha} + ${lambda}, which does not charge the MMD; raise lambda, or train with elbo()`,
    );
  const own = objective('infoVae', (given) => {
    const q = recognised('infoVae', given);
    const p = given.prior(given.x);
    const each = repeated(given, samples);
    const { z } = drawn('noise', each.y, given.model.latent, spread(q, samples));
    const prior = drawn('priorNoise', each.y, given.model.latent, p && spread(p, samples));
    const fit = fitted(each, given.decoder(each.x, z, each.y, each.mask));
    const reconstruction = batchMean(fit.reconstruction);
    const divergence = sum(batchMean(klPerDimension(q, p)));
    const discrepancy = mmd(z, prior.z);
    const charged = add(reconstruction, mul(discrepancy, weight));
    const loss = alpha === 1 ? charged : add(charged, mul(divergence, 1 - alpha));
    const terms = { loss, reconstruction, kl: divergence, mmd: discrepancy };
    return withAuxiliary(withParts(terms, fit.apart), fit.auxiliary);
  });
  return withAbout(own, options, { alpha: 1, lambda: 100, samples: 1 });
});
