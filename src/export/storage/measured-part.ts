import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Dataset, Examples } from '../../data/dataset.ts';
import { limited } from '../../data/limited.ts';
import { split } from '../../data/split.ts';
import type { Model } from '../../dsl/model.ts';
import { attempt } from '../../formats/read.ts';
import { flags } from '../../formats/run.ts';
import { readRun, RUN_FILE } from '../../run/read-run.ts';
import { fingerprintsOf } from '../../train/fingerprints.ts';
import { WEIGHTS_FILE } from '../../weights/file.ts';

/** The examples that a cost is measured on, and those that the model was trained on, as far as that is known. */
export interface MeasuredPart {
  readonly examples: Examples;
  readonly part: 'validation' | 'test' | 'train';
  /** If it is not the validation part: why not. */
  readonly why?: string;
  readonly trained: Examples;
}

/**
 * Returns the examples to measure a cost on: the validation part of the data, else what the run of the weights held out from training, else the
 * test part, else the examples to train on.
 */
export const measuredPart = async (model: Model, dataset: Dataset, run: string | undefined): Promise<MeasuredPart> => {
  const { train, validation, test } = dataset;
  if (validation) return { examples: validation, part: 'validation', trained: train };
  const held = await heldOutBy(run, model, dataset);
  if (typeof held === 'object') return { ...held, part: 'validation' };
  const why = `the data have no validation part, and ${held}`;
  return test
    ? { examples: test, part: 'test', why, trained: train }
    : { examples: train, part: 'train', why: `the data have no validation or test part, and ${held}`, trained: train };
};

/** Splits examples as training did, by the record of its run; or says why that is not possible. */
const heldOutBy = async (
  from: string | undefined,
  model: Model,
  { train, checksum }: Dataset,
): Promise<Pick<MeasuredPart, 'examples' | 'trained'> | string> => {
  if (from === undefined) return 'the weights come from no run';
  const folder = basename(from) === WEIGHTS_FILE ? dirname(from) : from;
  if (!existsSync(join(folder, RUN_FILE))) return 'the weights come from no run';
  const { record } = await readRun(folder);
  if (!fingerprintsOf(model).includes(record.model.fingerprint)) return 'the run is of another definition';
  const { validation: count, train: rest, checksum: own } = record.data;
  if (count === 0) return 'the run held out none';
  const { limit } = attempt(flags, JSON.stringify(record.flags)) ?? {};
  const { seed } = record;
  const given = limited(train, { limit, seed });
  if (count + rest !== given.count || (own !== null && checksum !== undefined && own !== checksum))
    return 'the run was trained on other data';
  const [trained, examples] = split(given, count / given.count, seed);
  return { examples, trained };
};
