import { InvalidModel, isUserError } from '../errors.ts';
import type { Shape } from '../shape/shape.ts';
import { show } from '../shape/show.ts';
import { size } from '../shape/size.ts';
import type { AnyOp, Lead } from './op.ts';

/** Returns the lead of an op's output: by the op's own rule, or the common lead of its inputs that have one. */
export function leadOf(op: AnyOp, leads: readonly [Lead, ...Lead[]], attrs: object, where: string): Lead {
  if (op.lead) {
    try {
      return op.lead(leads, attrs);
    } catch (error) {
      throw isUserError(error) && error.name === 'InvalidModel'
        ? new InvalidModel(`${where}: ${error.message}`)
        : error;
    }
  }
  const some = [...new Set(leads.filter((lead) => lead > 0))];
  if (some.length > 1)
    throw new InvalidModel(
      `${where}: expected inputs of one batch axis, got ${some.map((k) => (k === 1 ? 'N' : `N·${k}`)).join(' and ')} examples; repeat or group one of them`,
    );
  return some[0] ?? 0;
}

/**
 * Checks the number of samples of an example. @throws InvalidModel if they take 2 GiB or more, which engines cannot
 * hold.
 */
export const checkSamples = (where: string, shape: Shape, lead: Lead): void => {
  if (4 * lead * size(shape) >= 2 ** 31)
    throw new InvalidModel(
      `${where}: expected less than 2 GiB for an example, got ${lead} samples of ${show(shape)}; take fewer at once`,
    );
};
