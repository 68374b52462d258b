import { basename, join, resolve } from 'node:path';
import { InvalidFile } from '../errors.ts';
import { isFolder } from '../files/exists.ts';
import type { Dataset, Examples } from './dataset.ts';
import { readIdx } from './idx.ts';
import { findIdx, namesOfIdx } from './idx-files.ts';
import { examplesOf, IDX_FILES } from './images.ts';
import { rule } from '../values/rules.ts';
import { COLUMN, isClasses, PATH, reading } from './options.ts';
import { pathOf } from './path.ts';

/** How a folder of IDX files is read. */
export interface IdxFolderOptions {
  /** The name of the column of classes; `label` by default. */
  readonly label?: string;
  /** The number of classes, or their names; by default, one more than the largest label to train on. */
  readonly classes?: number | readonly string[];
}

const CALL = {
  args: [PATH],
  options: { label: COLUMN, classes: rule('at least 2 classes, or their names,', isClasses, 'give 10, or a list') },
};

/**
 * Reads a dataset in MNIST's form (KMNIST, EMNIST, your own): the folder holds `train-images-idx3-ubyte` and
 * `train-labels-idx1-ubyte`, and may hold the two of `t10k`, each gzipped or not, with a dot before `idx` or not. A label is the
 * class of that number, or of that name if `classes` are named by numbers. Throws an `InvalidFile`.
 */
export const idxFolder = reading(
  'idxFolder',
  CALL,
  async (path: string | URL, options: IdxFolderOptions = {}): Promise<Dataset> => {
    const folder = pathOf(path);
    const { label = 'label' } = options;
    if (!(await isFolder(folder)))
      throw new InvalidFile(`${folder}: expected a folder of IDX files, got none; correct the path`);
    const part = async (names: readonly [string, string], classes?: number | readonly string[]): Promise<Examples> => {
      const [images, labels] = [await needed(folder, names[0]), await needed(folder, names[1])];
      const naming = { images, labels, label, ...(classes === undefined ? {} : { classes }) };
      return examplesOf(await readIdx(images), await readIdx(labels), naming);
    };
    const name = basename(resolve(folder));
    const train = await part(IDX_FILES.train, options.classes);
    // If only one of the two is there, the missing one is reported.
    const test = (await findIdx(folder, IDX_FILES.test[0])) ?? (await findIdx(folder, IDX_FILES.test[1]));
    return test ? { name, train, test: await part(IDX_FILES.test, train.columns[label]?.classes) } : { name, train };
  },
);

const needed = async (folder: string, file: string): Promise<string> => {
  const found = await findIdx(folder, file);
  if (found !== undefined) return found;
  throw new InvalidFile(
    `${join(folder, file)}: expected an IDX file, got no such file, nor ${namesOfIdx(file)
      .filter((name) => name !== file)
      .join(', ')}; put it there`,
  );
};
