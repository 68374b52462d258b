import type { Model } from 'cvae-compile/runtime';
import { isDrawable } from '../../../src/distributions/data/drawable.ts';
import { distributionOf } from '../../../src/distributions/data/table.ts';
import type { Manifest, Specimen } from '../../../src/signature.ts';
import { taughtOf, type Taught } from './taught.ts';

/** Samples of each condition that are rehearsed. */
const EACH = 8;

/**
 * What a model shall still know when it has learnt something new: samples of its own for the conditions of its data, but for
 * those that it is taught. Without them a network that is taught a new 7 forgets the other digits.
 */
export const rehearsalOf = async (
  model: Model,
  manifest: Manifest,
  examples: readonly Specimen[],
  taught: readonly Taught[],
  seed: number,
): Promise<readonly Taught[]> => {
  const fresh = new Set(taught.map(({ conditions }) => keyOf(conditions)));
  const kept = new Map(
    examples
      .map((example) => taughtOf(manifest, example))
      .filter(({ conditions }) => !fresh.has(keyOf(conditions)))
      .map((one) => [keyOf(one.conditions), one] as const),
  );
  // Grey pixels are rehearsed as they are, not as coins.
  const draw = isDrawable(manifest) && distributionOf(manifest.target).values !== 'unit';
  const all: Taught[] = [];
  for (const { conditions, label } of kept.values()) {
    const samples = await model.sample(conditions, { count: EACH, seed, draw });
    const size = samples.data.length / EACH;
    for (let i = 0; i < EACH; i++)
      all.push({ conditions, label, target: samples.data.slice(i * size, (i + 1) * size) });
  }
  // So that a batch has some of each.
  return Array.from({ length: all.length }, (_, i) => all[(i % kept.size) * EACH + Math.floor(i / kept.size)]).filter(
    (one) => one !== undefined,
  );
};

const keyOf = (conditions: Readonly<Record<string, unknown>>): string =>
  JSON.stringify(conditions, (_, value: unknown) => (value instanceof Float32Array ? [...value] : value));
