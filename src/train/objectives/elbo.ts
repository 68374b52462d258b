import { checkOptions, taking } from '../../dsl/check-arguments.ts';
import { constant } from '../../dsl/leaves.ts';
import type { Tensor } from '../../dsl/tensor.ts';
import { InvalidModel } from '../../errors.ts';
import { relu } from '../../layers/activations.ts';
import { add, mul, sub } from '../../layers/arithmetic.ts';
import { klPerDimension } from '../../layers/gaussian.ts';
import { batchMean, sum } from '../../layers/reduce.ts';
import { drawn, spread } from '../../layers/samples.ts';
import { objective, withAbout, type ObjectiveContext, type Objective, type Terms } from '../objective.ts';
import { isFloat32, isPlain, rule, whole } from '../../values/rules.ts';
import { scheduleRule, type Schedule } from '../schedule.ts';
import { fitted, recognised, repeated, withAuxiliary, withParts } from './terms.ts';

/** How the ELBO is weighted and estimated. */
export interface ElboOptions {
  /** The factor of the KL: 1, another number, or a schedule such as `linear({ to: 1, epochs: 10 })`. */
  readonly beta?: number | Schedule;
  /**
   * Nats of KL that are not penalised, against posterior collapse: for each latent dimension, Σⱼ max(λ, batch mean of KLⱼ), or in
   * total, max(λ, batch mean of KL) (Kingma and others 2016, appendix C.8). They apply to training only.
   */
  readonly freeBits?: number | { readonly total: number };
  /** The number of draws of z for each example: 1. */
  readonly samples?: number;
}

const isFrom0 = (value: unknown): boolean => isFloat32(value) && value >= 0;

/** The rules for these options. */
export const ELBO = {
  beta: scheduleRule('a number from 0 up', isFrom0, 'give what the KL is multiplied by'),
  freeBits: rule(
    'nats from 0 up, or { total } of them,',
    (value) => isFrom0(value) || (isPlain(value) && Object.keys(value).join() === 'total' && isFrom0(value['total'])),
    'give the KL that costs nothing, such as 0.5 for each dimension',
  ),
  samples: whole('of draws', 'give how many z are drawn for each example'),
};

/**
 * The negative evidence lower bound, −(1/L)·Σ log p(y|x,zₗ) + β·KL(q(z|x,y) ‖ p(z|x)) with zₗ ~ q (Sohn, Lee and Yan 2015,
 * equation 4; the KL in closed form). The noise input is named `noise`, and β, if it is scheduled, `beta`. Returns `loss`,
 * `reconstruction` and `kl`, the last two without β and free bits, and the reconstruction of each of several targets.
 *
 * @throws InvalidModel for a model without a recognition network, when the objective's graph is built for that model.
 *
 * @example
 * ```ts
 * import { elbo, linear } from 'cvae-compile/train';
 *
 * export const training = { objective: elbo({ beta: linear({ to: 1, epochs: 10 }), freeBits: 0.1 }) }; // next to a definition
 * ```
 */
export const elbo = taking('elbo', { options: ELBO }, (options: ElboOptions = {}): Objective => {
  const { beta = 1 } = checkElbo('elbo', options);
  const own = objective(
    'elbo',
    (given, validating) => bound('elbo', given, options, validating),
    typeof beta === 'number' ? {} : { beta },
  );
  return withAbout(own, options, USUAL);
});

/** The settings that an ELBO has if none are given. */
export const USUAL = { beta: 1, freeBits: 0, samples: 1 };

/** Computes the terms of the bound, for the objectives that are built from it. */
export const bound = (name: string, given: ObjectiveContext, options: ElboOptions, validating: boolean): Terms => {
  const { beta = 1, freeBits = 0, samples = 1 } = options;
  const q = recognised(name, given);
  const each = repeated(given, samples);
  const { z } = drawn('noise', each.y, given.model.latent, spread(q, samples));
  const fit = fitted(each, given.decoder(each.x, z, each.y, each.mask));
  const reconstruction = batchMean(fit.reconstruction);
  const dimensions = batchMean(klPerDimension(q, given.prior(given.x)));
  const kl = sum(dimensions);
  const charged = validating ? kl : withFree(dimensions, freeBits);
  const weight = typeof beta === 'number' ? beta : (given.scalars['beta'] ?? constant([], 1));
  const loss = add(reconstruction, weight === 1 ? charged : mul(charged, weight));
  return withAuxiliary(withParts({ loss, reconstruction, kl }, fit.apart), fit.auxiliary);
};

/** Returns the KL that is penalised, from the batch mean of the KL of each dimension. */
const withFree = (dimensions: Tensor, freeBits: NonNullable<ElboOptions['freeBits']>): Tensor<[]> => {
  if (typeof freeBits === 'object') return atLeast(sum(dimensions), freeBits.total);
  return sum(freeBits === 0 ? dimensions : atLeast(dimensions, freeBits));
};

/** Returns max(x, least), element by element. */
const atLeast = <S extends readonly number[]>(x: Tensor<S>, least: number): Tensor<S> =>
  add(relu(sub(x, least)), least);

/** Checks the options of the ELBO. @throws InvalidModel for invalid ones. */
export const checkElbo = (name: string, options: ElboOptions): ElboOptions => {
  checkOptions(name, ELBO, options);
  const { beta = 1, freeBits = 0 } = options;
  const free = typeof freeBits === 'object' ? freeBits.total : freeBits;
  if (beta === 0 && free > 0)
    throw new InvalidModel(
      `${name}: expected options that have an effect, got freeBits with a beta of 0, which charges no KL; leave one out`,
    );
  return options;
};
