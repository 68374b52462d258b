import type { Model, Outputs } from 'cvae-compile/runtime';
import { isDrawable } from '../../../src/distributions/data/drawable.ts';
import { distributionOf } from '../../../src/distributions/data/table.ts';
import type { Manifest, Specimen, TargetSignature } from '../../../src/signature.ts';
import { resultsOf, targetsOf } from '../view/results.ts';
import { trainingExampleOf, type TrainingExample } from './training-examples.ts';

/** Samples of each condition that are rehearsed. */
const EACH = 8;

/**
 * What a model must still know when it has learnt something new: samples of its own for the conditions of its data, but for
 * those that it is taught. Without them a network that is taught a new 7 forgets the other digits.
 */
export const rehearsalOf = async (
  model: Model,
  manifest: Manifest,
  examples: readonly Specimen[],
  taught: readonly TrainingExample[],
  seed: number,
): Promise<readonly TrainingExample[]> => {
  const fresh = new Set(taught.map(({ conditions }) => keyOf(conditions)));
  const kept = new Map(
    examples
      .map((example) => trainingExampleOf(manifest, example))
      .filter(({ conditions }) => !fresh.has(keyOf(conditions)))
      .map((one) => [keyOf(one.conditions), one] as const),
  );
  const all: TrainingExample[] = [];
  for (const { conditions, label } of kept.values()) {
    const rows = await rowsFor(model, manifest, conditions, seed);
    for (const targets of rows) all.push({ conditions, label, targets });
  }
  // So that a batch has some of each.
  return Array.from({ length: all.length }, (_, i) => all[(i % kept.size) * EACH + Math.floor(i / kept.size)]).filter(
    (one) => one !== undefined,
  );
};

/** Draws rows of each target for some conditions. */
const rowsFor = async (
  model: Model,
  manifest: Manifest,
  conditions: TrainingExample['conditions'],
  seed: number,
): Promise<readonly TrainingExample['targets'][]> => {
  // Grey pixels are rehearsed as they are, not as coins.
  const isGrey = (target: TargetSignature): boolean => distributionOf(target).values === 'unit';
  const all = targetsOf(manifest);
  const sampled = async (draw: boolean): Promise<Outputs> => model.sample(conditions, { count: EACH, seed, draw });
  const means = all.some(([, target]) => isGrey(target)) || !isDrawable(manifest) ? await sampled(false) : undefined;
  const drawn = isDrawable(manifest) && !all.every(([, target]) => isGrey(target)) ? await sampled(true) : means;
  const columns = all.map(([name, target]) => {
    const from = isGrey(target) ? means : drawn;
    return [name, (from && resultsOf(manifest, from)[name]?.data) ?? new Float32Array()] as const;
  });
  return Array.from({ length: EACH }, (_, i) =>
    Object.fromEntries(
      columns.map(([name, data]) => [name, data.slice((i * data.length) / EACH, ((i + 1) * data.length) / EACH)]),
    ),
  );
};

const keyOf = (conditions: Readonly<Record<string, unknown>>): string =>
  JSON.stringify(conditions, (_, value: unknown) => (value instanceof Float32Array ? [...value] : value));
