import { truthOf, type Manifest, type Specimen } from '../../../src/signature.ts';
import { maskName } from '../../../src/values/mask-name.ts';
import { targetsOf } from './results.ts';

/** One target of an example's y; what is missing in the data is NaN, if the target says which elements are. */
export const knownTruthOf = (
  manifest: Pick<Manifest, 'target' | 'conditions'>,
  example: Specimen,
  name: string,
): readonly number[] => {
  const mask = targetsOf(manifest).find(([one]) => one === name)?.[1].mask;
  const counts = mask === true ? example.masks?.[name] : undefined;
  // The mask leaves out what is known as well, but its values are there.
  const known = Object.keys(manifest.conditions).find((one) => manifest.conditions[one]?.knownOf === name);
  const there = known === undefined ? undefined : [example.conditions[maskName(known)] ?? []].flat();
  return truthOf(example, name).map((value, i) => (counts?.[i] === 0 && there?.[i] !== 1 ? NaN : value));
};
