import { taking } from '../../dsl/check-arguments.ts';
import { InvalidModel } from '../../errors.ts';
import { batchMean } from '../../layers/reduce.ts';
import { drawn, spread } from '../../layers/samples.ts';
import { whole } from '../../values/rules.ts';
import { objective, type ObjectiveContext, type Objective, type Terms, withAbout } from '../objective.ts';
import { fitted, repeated, withAuxiliary, withParts } from './terms.ts';

/**
 * The paper's Gaussian stochastic network: −(1/L)·Σ log p(y|x,zₗ) with zₗ drawn from the prior p(z|x), as in prediction (Sohn,
 * Lee and Yan 2015, section 4.3). Its q is the prior, so its KL is 0. Needs no recognition network. `samples` is L, 1 by default;
 * the noise input is named `noise`.
 */
export const gsnn = taking(
  'gsnn',
  { options: { samples: whole('of draws', 'give how many z are drawn for each example') } },
  ({ samples = 1 }: { readonly samples?: number } = {}): Objective =>
    withAbout(
      objective('gsnn', (given) => {
        const { loss, apart, auxiliary } = forward('gsnn', given, 'noise', samples);
        return withAuxiliary(withParts({ loss, reconstruction: loss }, apart), auxiliary);
      }),
      { samples },
      { samples: 1 },
    ),
);

/** Computes the negative log-likelihood with z from the prior, averaged over the batch. */
export const forward = (name: string, given: ObjectiveContext, label: string, samples: number) => {
  if (given.model['~kind'] !== 'cvae')
    throw new InvalidModel(
      `${name}: expected a model with a latent, got a predictor; train it with likelihood(), its default`,
    );
  const prior = given.prior(given.x);
  const each = repeated(given, samples);
  const { z } = drawn(label, each.y, given.model.latent, prior && spread(prior, samples));
  const { reconstruction, apart, auxiliary } = fitted(each, given.decoder(each.x, z, each.y, each.mask));
  const loss = batchMean(reconstruction);
  return { loss, apart, auxiliary } satisfies { loss: Terms['loss']; apart: unknown; auxiliary: unknown };
};
