import { truthOf, type Manifest, type Specimen } from '../../../src/signature.ts';
import { variableText } from '../../../src/values/element-names.ts';
import { classesOf, isLike, placeOf, readable } from '../condition/values.ts';
import { masked, seenOf, type Seen } from '../condition/quadrants.ts';
import { isolated } from '../view/isolated.ts';
import { viewOf } from '../view/view-of.ts';
import { targetsOf } from '../view/results.ts';
import { knownTruthOf } from '../view/truth.ts';

/** An example to learn from: conditions as `sample` takes them, and what belongs to them. */
export interface TrainingExample {
  readonly conditions: Readonly<Record<string, unknown>>;
  /** `y`, or each of several targets by its name; what is missing is NaN. */
  readonly targets: Readonly<Record<string, Float32Array>>;
  /** What it is of, in words. */
  readonly label: string;
}

/** An example of the data, to learn from. */
export const trainingExampleOf = (manifest: Manifest, example: Specimen): TrainingExample => {
  const { conditions, about = {} } = example;
  const given = Object.fromEntries(
    Object.entries(conditions).map(([name, value]) => [
      name,
      typeof value === 'object' && manifest.conditions[name]?.kind !== 'categorical' ? Float32Array.from(value) : value,
    ]),
  );
  const more = Object.entries(about).map(([name, value]) => `${name} ${value}`);
  return {
    conditions: given,
    targets: Object.fromEntries(
      targetsOf(manifest).map(([name]) => [name, Float32Array.from(knownTruthOf(manifest, example, name))]),
    ),
    label: [wordsOf(manifest, given), ...more].filter((words) => words !== '').join(', '),
  };
};

/**
 * A drawing of y under conditions, to learn from. A condition that is an image like y is given as much of the drawing as the
 * model is given of its data.
 */
export const drawn = (
  manifest: Manifest,
  conditions: Readonly<Record<string, unknown>>,
  target: Float32Array,
  seen: Seen,
): TrainingExample => {
  const view = viewOf(manifest.target) ?? [];
  const given = Object.fromEntries(
    Object.entries(conditions).map(([name, value]) => {
      const condition = manifest.conditions[name];
      return [name, condition && isLike(condition, view) ? masked(target, seen, view) : value];
    }),
  );
  return {
    conditions: given,
    targets: { y: target },
    label: [wordsOf(manifest, given), 'drawn'].filter(Boolean).join(', '),
  };
};

/** What the model's data show of y in an image condition; all of it if there are no data to show it. */
export const seenIn = ({ conditions, target }: Manifest, examples: readonly Specimen[]): Seen => {
  const view = viewOf(target) ?? [];
  const [name, condition] = Object.entries(conditions).find(([, one]) => isLike(one, view)) ?? [];
  const [first] = examples;
  const part = name !== undefined && first?.conditions[name];
  if (!condition || !first || !Array.isArray(part)) return 'all';
  return seenOf(Float32Array.from(part), Float32Array.from(truthOf(first)), condition.shape) ?? 'all';
};

/** Conditions that can be stated in a few words: `digit 7`. */
export const wordsOf = ({ conditions }: Manifest, given: Readonly<Record<string, unknown>>): string =>
  Object.entries(conditions)
    .flatMap(([variable, condition]) => {
      const value = given[variable];
      const name = isolated(variableText(variable, condition));
      const isKnown = condition.maskOf === undefined && [given[`${variable}_mask`]].flat()[0] !== 0;
      if (condition.kind === 'categorical' && typeof value === 'number')
        return [`${name} ${isolated(classesOf(condition)[placeOf(condition, value)] ?? `${value}`)}`];
      if (typeof value === 'string') return [`${name} ${isolated(value)}`];
      if (condition.kind === 'continuous' && isKnown && (value instanceof Float32Array || typeof value === 'number'))
        return [
          `${name} ${[value]
            .flatMap((one) => (typeof one === 'number' ? one : [...one]))
            .map((one) => readable(Number(one.toPrecision(3))))
            .join(' ')}`,
        ];
      return [];
    })
    .join(', ');
