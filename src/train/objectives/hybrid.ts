import { taking } from '../../dsl/check-arguments.ts';
import { InvalidModel } from '../../errors.ts';
import { add, mul } from '../../layers/arithmetic.ts';
import { objective, type Objective, withAbout } from '../objective.ts';
import { between } from '../../values/rules.ts';
import { bound, checkElbo, ELBO, USUAL, type ElboOptions } from './elbo.ts';
import { forward, gsnn } from './gsnn.ts';
import { withAuxiliary } from './terms.ts';

/**
 * α·ELBO + (1 − α)·GSNN, both negative (Sohn, Lee and Yan 2015, equation 6): training then also sees z drawn from the prior, as
 * in prediction. The paper uses α = 0.5; 1 is `elbo()` and 0 is `gsnn()`. In addition to the ELBO's outputs it returns `forward`,
 * the GSNN's; the noise inputs are named `noise` and `priorNoise`.
 */
export const hybrid = taking(
  'hybrid',
  { args: [between('an alpha from 0 to 1', [0, 1], "the paper's is 0.5")], options: ELBO },
  (alpha: number, options: ElboOptions = {}): Objective => {
    const { beta = 1, samples = 1 } = checkElbo('hybrid', options);
    for (const option of ['beta', 'freeBits'] as const)
      if (alpha === 0 && options[option] !== undefined)
        throw new InvalidModel(
          `hybrid: expected options that have an effect, got ${option} with an alpha of 0, which has no KL; leave it out`,
        );
    if (alpha === 0) return withAbout({ ...gsnn({ samples }), name: 'hybrid' }, { alpha });
    const own = objective(
      'hybrid',
      (given, validating) => {
        const posterior = bound('hybrid', given, options, validating);
        if (alpha === 1) return posterior;
        const prior = forward('hybrid', given, 'priorNoise', samples);
        const weighted = prior.auxiliary && mul(prior.auxiliary, 1 - alpha);
        const loss = add(mul(posterior.loss, alpha), mul(prior.loss, 1 - alpha));
        const total = withAuxiliary({ ...posterior, loss, forward: prior.loss }, weighted);
        return { ...total, ...(posterior['auxiliary'] && { auxiliary: posterior['auxiliary'] }) };
      },
      typeof beta === 'number' ? {} : { beta },
    );
    return withAbout(own, { alpha, ...options }, USUAL);
  },
);
