import type { Collected } from '../data/collected.ts';
import { toDataset } from '../data/convert.ts';
import { limited } from '../data/limited.ts';
import { withClasses } from '../data/names.ts';
import type { Data, DataSource } from '../data/source.ts';
import type { Model } from '../dsl/model.ts';
import { InvalidData } from '../errors.ts';
import type { Names } from '../signature.ts';
import { variablesOf } from '../train/parameters.ts';
import { keepingFrames } from './code-place.ts';
import { definitionError } from './definition-error.ts';

/** How much of the data is used. */
export interface Limit {
  readonly limit?: number | undefined;
  readonly seed: number;
}

/**
 * Reads and checks a definition's data: all of it, or `limit` examples of each part, drawn with the random seed. `names` are
 * those that the weights were trained with: classes that the definition only counts get these names.
 *
 * @throws InvalidData if there are none, or they do not fit the model.
 */
export async function collect(
  path: string,
  model: Model,
  data: Data | undefined,
  limit: Limit,
  names?: Names,
): Promise<Collected> {
  if (data === undefined)
    throw new InvalidData(
      `${path}: expected data to train on, got no export of that name; write export const data = …, such as csv(…) of cvae-compile/data`,
    );
  const source = await sourceOf(path, data);
  const whole = await toDataset(source, withClasses(variablesOf(model), names));
  const { train, validation, test } = whole;
  const dataset = {
    ...whole,
    train: limited(train, limit),
    ...(validation && { validation: limited(validation, limit) }),
    ...(test && { test: limited(test, limit) }),
  };
  return { source, whole, dataset };
}

/** Returns what a definition's `data` evaluates to, once it has been called and awaited. */
export const sourceOf = async (path: string, data: Data): Promise<DataSource> => {
  try {
    return await keepingFrames(() => (typeof data === 'function' ? data() : data));
  } catch (error) {
    throw definitionError(error, path, 'data');
  }
};
