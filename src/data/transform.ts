import { callable } from '../values/rules.ts';
import type { Dataset, Examples, Transform } from './dataset.ts';
import { DATASET, EXAMPLES, taking } from './options.ts';

/** Returns a dataset with each of its parts changed. Its checksum, which was of the old values, is left out. */
export const changeParts = taking(
  'changeParts',
  { args: [DATASET, callable('a function of examples', 'give what changes a part')] },
  (dataset: Dataset, change: (examples: Examples) => Examples): Dataset => {
    const { checksum: _, train, validation, test, ...rest } = dataset;
    return {
      ...rest,
      train: change(train),
      ...(validation ? { validation: change(validation) } : {}),
      ...(test ? { test: change(test) } : {}),
    };
  },
);

/** Returns examples with one more transform, applied after the existing ones. */
export const withTransform = taking(
  'withTransform',
  { args: [EXAMPLES, callable('a function of an example', 'give what changes it in place')] },
  (examples: Examples, transform: Transform): Examples => ({
    ...examples,
    transforms: [...(examples.transforms ?? []), transform],
  }),
);
