import type { Model } from '../dsl/model.ts';
import { InvalidModel } from '../errors.ts';

/** Refuses a model of several targets for an option that supports one. @throws InvalidModel */
export const requireSingle = (option: string, { target: { targets } }: Pick<Model, 'target'>): void => {
  if (targets)
    throw new InvalidModel(
      `${option}: expected a model of a single target, got several (${Object.keys(targets).join(', ')}), which it does not support yet; leave it out`,
    );
};
