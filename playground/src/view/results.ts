import type { Outputs } from 'cvae-compile/runtime';
import { distributionOf } from '../../../src/distributions/data/table.ts';
import { size } from '../../../src/shape/size.ts';
import type { Manifest, TargetSignature } from '../../../src/signature.ts';

/** What a model gives of each target by its name: of `y`, if there is a single one. */
export type Results = Readonly<Record<string, Outputs>>;

/** A model's targets by name. */
export const targetsOf = ({ target }: Pick<Manifest, 'target'>): readonly (readonly [string, TargetSignature])[] =>
  Object.entries(target.targets ?? { y: target });

/** Whether a model has several targets. */
export const isSeveral = ({ target }: Pick<Manifest, 'target'>): boolean => target.targets !== undefined;

/** What a model gives, by target. The runtime's types say of a definition only that it is a record. */
export const resultsOf = (manifest: Pick<Manifest, 'target'>, given: Outputs): Results =>
  isSeveral(manifest) ? (given as unknown as Results) : { y: given };

/** The rows of a result. */
export const rowsOf = (manifest: Pick<Manifest, 'target'>, given: Outputs): number =>
  targetsOf(manifest).map(([name]) => resultsOf(manifest, given)[name]?.shape[0] ?? 0)[0] ?? 0;

/**
 * All numbers of y side by side, row by row, and how many there are in a row; those of several targets in their standard
 * deviations, as far as they are known, so that they can be compared; or as they are.
 */
export const sideBySide = (
  manifest: Pick<Manifest, 'target'>,
  given: Outputs,
  how: 'comparable' | 'as it is' = 'comparable',
): { readonly data: Float32Array; readonly size: number } => {
  const rows = rowsOf(manifest, given);
  if (!isSeveral(manifest)) return { data: given.data, size: given.data.length / rows };
  const results = resultsOf(manifest, given);
  const parts = targetsOf(manifest).flatMap(([name, { scaling }]) => {
    const data = results[name]?.data ?? new Float32Array();
    const deviation = how === 'comparable' ? (scaling?.deviation ?? []) : [];
    return [{ data, size: data.length / rows, deviation }];
  });
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  const all = new Float32Array(rows * size);
  let at = 0;
  for (const { data, size: own, deviation } of parts) {
    data.forEach((value, i) => (all[Math.floor(i / own) * size + at + (i % own)] = value / (deviation[i % own] ?? 1)));
    at += own;
  }
  return { data: all, size };
};

/** What a target is, in words: `bernoulli of 28 × 28 × 1`. */
export const kindOf = (target: TargetSignature): string =>
  `${distributionOf(target).title}${size(target.shape) === 1 ? '' : ` of ${target.shape.join(' × ')}`}`;
