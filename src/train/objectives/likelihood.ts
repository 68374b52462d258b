import { taking } from '../../dsl/check-arguments.ts';
import { InvalidModel } from '../../errors.ts';
import { batchMean } from '../../layers/reduce.ts';
import { objective, type Objective, type Terms } from '../objective.ts';
import type { Model } from '../../dsl/model.ts';
import { elbo } from './elbo.ts';
import { gsnn } from './gsnn.ts';
import { fitted, withAuxiliary, withParts } from './terms.ts';

/** The negative log-likelihood of a predictor, −log p(y|x), in nats. */
export const likelihood = taking('likelihood', {}, (): Objective =>
  objective('likelihood', (given): Terms => {
    if (given.model['~kind'] !== 'predictor')
      throw new InvalidModel(
        'likelihood: expected a predictor, got a model with a latent; train it with elbo() or gsnn()',
      );
    const { reconstruction, apart, auxiliary } = fitted(given, given.decoder(given.x));
    const loss = batchMean(reconstruction);
    return withAuxiliary(withParts({ loss, reconstruction: loss }, apart), auxiliary);
  }),
);

/** The negative log-likelihood of a model's baseline, the objective of its pretraining. */
export const baselineLikelihood = taking('baselineLikelihood', {}, (): Objective =>
  objective('baseline', (given): Terms => {
    const parameters = given.baseline(given.x);
    if (!parameters)
      throw new InvalidModel('baseline: expected a model with a baseline, got one without; add one to it');
    const { reconstruction, apart, auxiliary } = fitted(given, parameters);
    const loss = batchMean(reconstruction);
    return withAuxiliary(withParts({ loss, reconstruction: loss }, apart), auxiliary);
  }),
);

/** Returns the default objective of a model: the ELBO, or a predictor's likelihood. */
export const usual = (model: Model): Objective => (model['~kind'] === 'cvae' ? elbo() : likelihood());

/** Returns an objective by which any model can be measured: the default one, or the GSNN's if there is no recognition network. */
export const measurable = (model: Model): Objective =>
  model['~kind'] === 'cvae' && !model.networks.recognition ? gsnn() : usual(model);
