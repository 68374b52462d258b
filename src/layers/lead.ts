import { InvalidModel } from '../errors.ts';
import type { Lead, Some } from '../graph/op.ts';

/**
 * Returns the lead of an op that works on examples: that of its first input.
 *
 * @throws InvalidModel for a value without a batch axis, such as a parameter.
 */
export const ofExamples = ([lead]: Some<Lead>): Lead => {
  if (lead === 0)
    throw new InvalidModel('expected examples, got a value that has no batch axis; add it to one that has it');
  return lead;
};
