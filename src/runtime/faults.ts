import { faultOf } from '../distributions/data/fault-of.ts';
import { InvalidData } from '../errors.ts';
import type { Manifest } from '../signature.ts';
import { maskName } from '../values/mask-name.ts';
import type { Encoded } from './variable.ts';

/**
 * Checks values of targets, or what `called` says is known of them. @throws InvalidData for one that the likelihood does not have, whose
 * density is 0 or not a number: a negative amount, 1.5 as a count.
 */
export const checkFaults = (
  { target }: Pick<Manifest, 'target'>,
  values: Encoded['values'],
  called = (name: string): string => name,
): void => {
  for (const [name, one] of Object.entries(target.targets ?? { y: target })) {
    const [given, mask, fault] = [values[called(name)], values[maskName(called(name))], faultOf(one)];
    given?.data.forEach((value, i) => {
      const wrong = mask?.data[i % mask.data.length] === 0 ? undefined : fault?.(value);
      if (!wrong) return;
      const row = Math.floor(i / given.size);
      const where = given.size === 1 ? `in row ${row}` : `at ${i % given.size} in row ${row}`;
      throw new InvalidData(`${name}: expected values as those trained on, got ${wrong.problem}, ${where}; correct it`);
    });
  }
};
