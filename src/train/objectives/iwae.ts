import { taking } from '../../dsl/check-arguments.ts';
import { mul, sub } from '../../layers/arithmetic.ts';
import { group } from '../../layers/batch.ts';
import { kl, logRatio } from '../../layers/gaussian.ts';
import { batchMean, logSumExp } from '../../layers/reduce.ts';
import { drawn, spread } from '../../layers/samples.ts';
import { whole } from '../../values/rules.ts';
import { objective, type Objective, withAbout } from '../objective.ts';
import { fitted, recognised, repeated, withAuxiliary, withParts } from './terms.ts';

/**
 * The negative importance-weighted bound of Burda, Grosse and Salakhutdinov (2016) with k samples: −log (1/k)·Σᵢ
 * p(y|x,zᵢ)·p(zᵢ|x)/q(zᵢ|x,y) with zᵢ ~ q. With k = 1 it is the ELBO in expectation, and the bound tightens with k. Returns, in
 * addition to `loss`, the means of `reconstruction` and of the closed-form `kl`; the noise input is named `noise`.
 *
 * @example
 * ```ts
 * import { elbo, iwae } from 'cvae-compile/train';
 *
 * export const training = { objective: elbo(), validateBy: iwae(10) }; // next to a definition
 * ```
 */
export const iwae = taking(
  'iwae',
  { args: [whole('of samples', 'give how many there are of each example')] },
  (k: number): Objective =>
    withAbout(
      objective('iwae', (given) => {
        const q = recognised('iwae', given);
        const p = given.prior(given.x);
        const each = repeated(given, k);
        const posterior = spread(q, k);
        const { z, epsilon } = drawn('noise', each.y, given.model.latent, posterior);
        const { reconstruction, apart, auxiliary } = fitted(each, given.decoder(each.x, z, each.y, each.mask));
        const logWeight = sub(logRatio(z, epsilon, posterior, p && spread(p, k)), reconstruction);
        const loss = mul(batchMean(sub(logSumExp(group(k)(logWeight)), Math.log(k))), -1);
        const terms = { loss, reconstruction: batchMean(reconstruction), kl: batchMean(kl(q, p)) };
        return withAuxiliary(withParts(terms, apart), auxiliary);
      }),
      { samples: k },
    ),
);
