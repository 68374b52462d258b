import type { Dataset, Examples, Transform } from './dataset.ts';

/** A dataset with each of its parts changed. Its checksum, which was of the old values, is left out. */
export const changeParts = (dataset: Dataset, change: (examples: Examples) => Examples): Dataset => {
  const { checksum: _, train, validation, test, ...rest } = dataset;
  return {
    ...rest,
    train: change(train),
    ...(validation ? { validation: change(validation) } : {}),
    ...(test ? { test: change(test) } : {}),
  };
};

/** Examples with one more transform, after those they have. */
export const withTransform = (examples: Examples, transform: Transform): Examples => ({
  ...examples,
  transforms: [...(examples.transforms ?? []), transform],
});
