import type { Value } from '../data/source.ts';
import { InvalidData } from '../errors.ts';
import { requireKnown } from '../runtime/impute.ts';
import { open } from '../runtime/node.ts';
import type { Manifest } from '../signature.ts';
import { isList } from '../values/lists.ts';
import { maskName } from '../values/mask-name.ts';
import { readRows, type DataRows, type RowOptions } from './data-rows.ts';
import { comboOf } from './row-options.ts';
import { drawnOf, type Drawn } from './samples.ts';

/** Which rows are filled, and how. */
export interface Imputing extends RowOptions {
  readonly count: number;
  readonly seed?: number;
  readonly mean?: true;
}

/** Opens the model in a folder and fills what is missing in rows of data: a row of the result for each draw, with noise of its own. */
export const imputeRows = async (folder: string, options: Imputing): Promise<Drawn> => {
  const { count, seed, mean, ...which } = options;
  if (mean && count > 1)
    throw new InvalidData(
      `count: expected 1, since y at the prior's mean is always the same, got ${count}; leave it out`,
    );
  const model = await open(folder);
  try {
    const { signature } = model;
    requireKnown(signature);
    const rows = await readRows(folder, signature, which);
    const how = { count, independent: true, ...(mean ? { draw: false, temperature: 0 } : {}) };
    const found = await model.impute(givenIn(signature, rows), { ...how, ...(seed !== undefined && { seed }) });
    const combos = rows.indices.map((index) => ({
      example: { value: index, text: `${index}` },
      ...comboOf(signature, rows, index),
    }));
    return drawnOf(signature, combos, [found], count, mean ? undefined : found.seed);
  } finally {
    await model.close();
  }
};

/** Returns rows as one batch of conditions and of what is known of targets, by their names; what is missing is null. */
const givenIn = ({ conditions, target }: Manifest, rows: DataRows): Readonly<Record<string, unknown>> => {
  const batch = rows.batch(rows.indices);
  const whole = Object.keys(conditions).filter((name) => conditions[name]?.knownOf === undefined);
  const known = Object.keys(target.targets ?? { y: target }).map((name) => {
    const masks = batch[maskName(name)];
    return [name, batch[name]?.map((value, row) => withNulls(value, masks?.[row]))] as const;
  });
  return { ...Object.fromEntries(whole.map((name) => [name, batch[name]])), ...Object.fromEntries(known) };
};

/** Returns a value with null for what its mask leaves out. */
const withNulls = (value: Value, mask: Value): unknown => {
  if (!isList(mask)) return value;
  if (!isList(value)) return mask[0] === 0 ? null : value;
  return Array.from<unknown, unknown>(value, (one, place) => (mask[place] === 0 ? null : one));
};
