import type { Gaussian } from '../../dsl/gaussian.ts';
import type { Parameters } from '../../dsl/target.ts';
import type { Tensor } from '../../dsl/tensor.ts';
import { InvalidModel } from '../../errors.ts';
import { add } from '../../layers/arithmetic.ts';
import { batchMean } from '../../layers/reduce.ts';
import { many } from '../../layers/samples.ts';
import type { ObjectiveContext, Terms } from '../objective.ts';

/** Returns the recognition network's q(z|x,y). @throws InvalidModel for a model without one. */
export const recognised = (name: string, { model, recognition, x, y, mask }: ObjectiveContext): Gaussian => {
  if (model['~kind'] !== 'cvae')
    throw new InvalidModel(
      `${name}: expected a model with a latent, got a predictor; train it with likelihood(), its default`,
    );
  const q = recognition(x, y, mask);
  if (!q)
    throw new InvalidModel(
      `${name}: expected a model with a recognition network, got one without; add recognition to it, or train with gsnn()`,
    );
  return q;
};

/** Repeats each example of a batch `samples` times in a row. */
export const repeated = (given: ObjectiveContext, samples: number): ObjectiveContext => {
  const times = many(samples);
  return {
    ...given,
    y: times(given.y),
    ...(given.mask && { mask: times(given.mask) }),
    x: Object.fromEntries(Object.entries(given.x).map(([name, value]) => [name, times(value)])),
  };
};

/**
 * Returns −log p(y|parameters) of each example, that of each of several targets, and the additional loss of predictions at other
 * scales.
 */
export const fitted = ({ nll, apart, auxiliary, y, mask }: ObjectiveContext, parameters: Parameters) => ({
  reconstruction: nll(parameters, y, mask),
  apart: apart(parameters, y, mask),
  auxiliary: auxiliary(parameters, y),
});

/** Adds −log p of each of several targets, under names such as `reconstruction_rain`, which add up to the reconstruction. */
export const withParts = (terms: Terms, apart: Readonly<Record<string, Tensor<[]>>> = {}): Terms => ({
  ...terms,
  ...Object.fromEntries(Object.entries(apart).map(([name, nll]) => [`reconstruction_${name}`, batchMean(nll)])),
});

/** Adds the further losses of a multi-scale target, if it has any, and reports them. */
export const withAuxiliary = (terms: Terms, auxiliary: Tensor<[]> | undefined): Terms => {
  if (!auxiliary) return terms;
  const more = batchMean(auxiliary);
  return { ...terms, loss: add(terms.loss, more), auxiliary: more };
};
