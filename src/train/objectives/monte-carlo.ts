import { taking } from '../../dsl/check-arguments.ts';
import { InvalidModel } from '../../errors.ts';
import { mul, sub } from '../../layers/arithmetic.ts';
import { group } from '../../layers/batch.ts';
import { batchMean, logSumExp } from '../../layers/reduce.ts';
import { drawn, spread } from '../../layers/samples.ts';
import { whole } from '../../values/rules.ts';
import { objective, type Objective, withAbout } from '../objective.ts';
import { fitted, repeated, withAuxiliary, withParts } from './terms.ts';

/**
 * The Monte Carlo estimate of −log p(y|x) with k samples of the prior: −log (1/k)·Σᵢ p(y|x,zᵢ) with zᵢ ~ p(z|x) (Sohn, Lee and
 * Yan 2015, equation 7). Use it to select weights if there is no recognition network; `iwae(k)` estimates the same by importance
 * sampling.
 */
export const monteCarlo = taking(
  'monteCarlo',
  { args: [whole('of samples', 'give how many there are of each example')] },
  (k: number): Objective =>
    withAbout(
      objective('monteCarlo', (given) => {
        if (given.model['~kind'] !== 'cvae')
          throw new InvalidModel('monteCarlo: expected a model with a latent, got a predictor; use likelihood()');
        const prior = given.prior(given.x);
        const each = repeated(given, k);
        const { z } = drawn('noise', each.y, given.model.latent, prior && spread(prior, k));
        const { reconstruction, apart, auxiliary } = fitted(each, given.decoder(each.x, z, each.y, each.mask));
        const likelihood = sub(logSumExp(group(k)(mul(reconstruction, -1))), Math.log(k));
        const terms = { loss: mul(batchMean(likelihood), -1), reconstruction: batchMean(reconstruction) };
        return withAuxiliary(withParts(terms, apart), auxiliary);
      }),
      { samples: k },
    ),
);
