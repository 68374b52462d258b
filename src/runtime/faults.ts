import { faultOf } from '../distributions/data/fault-of.ts';
import { InvalidData } from '../errors.ts';
import type { Manifest, TargetSignature } from '../signature.ts';
import { maskName } from '../values/mask-name.ts';
import type { Encoded } from './variable.ts';

/**
 * Checks values of targets, or what `called` says is known of them. @throws InvalidData for one that the likelihood does not have, whose
 * density is 0 or not a number: a negative amount, 1.5 as a count. What a mask leaves out, or is behind the end of a sequence, may be anything.
 */
export const checkFaults = (
  { target }: Pick<Manifest, 'target'>,
  values: Encoded['values'],
  called = (name: string): string => name,
): void => {
  const lengths = lengthsOf(target, values);
  for (const [name, one] of Object.entries(target.targets ?? { y: target })) {
    const [steps = 1] = one.dataShape;
    const [given, mask, fault] = [values[called(name)], values[maskName(called(name))], faultOf(one)];
    given?.data.forEach((value, i) => {
      const wrong = mask?.data[i % mask.data.length] === 0 ? undefined : fault?.(value);
      const row = Math.floor(i / given.size);
      const step = Math.floor(((i % given.size) * steps) / given.size);
      if (!wrong || step >= (lengths[row] ?? steps)) return;
      const where = given.size === 1 ? `in row ${row}` : `at ${i % given.size} in row ${row}`;
      throw new InvalidData(`${name}: expected values as those trained on, got ${wrong.problem}, ${where}; correct it`);
    });
  }
};

/** Returns how many steps of each row are before the end that one of several targets has; nothing if none has one. */
const lengthsOf = (
  { targets = {} }: Pick<TargetSignature, 'targets'>,
  values: Encoded['values'],
): readonly number[] => {
  const [name = '', { end = NaN, dataShape: [steps = 1] = [] } = {}] =
    Object.entries(targets).find(([, one]) => one.end !== undefined) ?? [];
  const [classes, mask] = [values[name], values[maskName(name)]];
  if (!classes) return [];
  const width = classes.size / steps;
  return Array.from({ length: classes.rows }, (_, row) => {
    const isEnd = (step: number): boolean =>
      classes.data[row * classes.size + step * width + end] === 1 && mask?.data[row * steps + step] !== 0;
    const length = Array.from({ length: steps }, (__, step) => step).findIndex(isEnd);
    return length < 0 ? steps : length;
  });
};
