import { size } from '../../../src/shape/size.ts';
import { isClasses, type Manifest, type Specimen, type TargetSignature } from '../../../src/signature.ts';
import { distributionOf } from '../../../src/distributions/data/table.ts';
import { isSeen } from '../condition/quadrants.ts';
import { callOf, callsOf, type Values } from '../condition/values.ts';
import type { TrainingExample } from '../train/training-examples.ts';
import { targetsOf } from '../view/results.ts';
import { knownTruthOf } from '../view/truth.ts';

/** The user's own y, by target: its numbers in the order of `dataShape`, classes by their places; what is missing is NaN. */
export type Own = Readonly<Record<string, readonly number[]>>;

/** A y to begin with, if there are no examples: the mean of the data, or zeros. */
export const blankOf = (manifest: Pick<Manifest, 'target'>): Own =>
  Object.fromEntries(
    targetsOf(manifest).map(([name, target]) => [
      name,
      Array.from({ length: size(target.dataShape) }, (_, i) => target.scaling?.mean[i] ?? leastOf(target)),
    ]),
  );

/** A value that a likelihood takes. */
const leastOf = (target: TargetSignature): number => (distributionOf(target).values === 'positive' ? 1 : 0);

/** The y of an example; elements that are missing in the data are missing, if the target says which. */
export const targetsOfExample = (manifest: Pick<Manifest, 'target' | 'conditions'>, example: Specimen): Own =>
  Object.fromEntries(targetsOf(manifest).map(([name]) => [name, knownTruthOf(manifest, example, name)]));

/** A y as the runtime takes it. What a condition shows of it is left out where the model's loss leaves it out. */
export const givenOf = (manifest: Manifest, own: Own, values: Values): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    targetsOf(manifest).map(([name, target]) => {
      const elements = own[name] ?? [];
      const shown = typeof target.mask === 'string' ? values[target.mask] : undefined;
      const [height = 0, width = 0, channels = 1] = target.image ?? target.dataShape;
      if (shown?.kind !== 'image' || shown.pixels.length !== elements.length) return [name, valueOf(target, elements)];
      const isShown = (i: number): boolean => {
        const place = Math.floor(i / channels);
        return isSeen(shown.seen, Math.floor(place / width), place % width, height, width);
      };
      return [
        name,
        valueOf(
          target,
          elements.map((value, i) => (isShown(i) ? NaN : value)),
        ),
      ];
    }),
  );

/** A target's value as the runtime takes it: classes by their names, null for what is missing. */
export const valueOf = (target: TargetSignature, values: ArrayLike<number>): unknown => {
  if (!isClasses(target)) return Array.from(values).some(Number.isNaN) ? nulls(values) : Float32Array.from(values);
  const [first = 0] = Array.from(values);
  if (target.dataShape.length === 0) return Number.isNaN(first) ? null : callOf(target, first);
  return callsOf(target, Array.from(values));
};

/** A target's value as one of several rows: a list of one list, which is one value where it stands alone, would be a batch of its own there. */
export const rowOf = (target: TargetSignature, values: ArrayLike<number>): unknown => {
  const value = valueOf(target, values);
  return Array.isArray(value) && Array.isArray(value[0]) ? value[0] : value;
};

/** A list of one value, in which what is missing is null. */
const nulls = (values: ArrayLike<number>): unknown =>
  values.length === 1 ? null : Array.from(values, (value) => (Number.isNaN(value) ? null : value));

/** Examples as the runtime takes a batch of them. */
export const rowsOf = (
  manifest: Manifest,
  all: readonly TrainingExample[],
  examples: readonly Specimen[],
): Readonly<Record<string, unknown>> => ({
  ...Object.fromEntries(
    Object.keys(manifest.conditions).map((name) => [name, all.map(({ conditions }) => conditions[name])]),
  ),
  ...Object.fromEntries(
    targetsOf(manifest).map(([name, target]) => [
      name,
      examples.map((example) => rowOf(target, targetsOfExample(manifest, example)[name] ?? [])),
    ]),
  ),
});
