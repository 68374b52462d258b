import { basename, join, resolve } from 'node:path';
import { InvalidFile } from '../errors.ts';
import type { Dataset, Examples } from './dataset.ts';
import { exists, isFolder } from './files.ts';
import { readIdx } from './idx.ts';
import { examplesOf, IDX_FILES } from './images.ts';

/** How a folder of IDX files is read. */
export interface IdxFolderOptions {
  /** What the column of classes is called; `label` unless said. */
  readonly label?: string;
  /** The number of classes, or their names; unless said, one more than the largest label to train on. */
  readonly classes?: number | readonly string[];
}

/**
 * A dataset in MNIST's form (KMNIST, EMNIST, your own): the folder holds `train-images-idx3-ubyte` and
 * `train-labels-idx1-ubyte`, and may hold the two of `t10k`, each gzipped or not. Throws an `InvalidFile`.
 */
export const idxFolder = async (folder: string, options: IdxFolderOptions = {}): Promise<Dataset> => {
  const { label = 'label' } = options;
  if (!(await isFolder(folder)))
    throw new InvalidFile(`${folder}: expected a folder of IDX files, got none; correct the path`);
  const part = async (names: readonly [string, string], classes?: number | readonly string[]): Promise<Examples> => {
    const [images, labels] = [await pathOf(folder, names[0]), await pathOf(folder, names[1])];
    const naming = { images, labels, label, ...(classes === undefined ? {} : { classes }) };
    return examplesOf(await readIdx(images), await readIdx(labels), naming);
  };
  const name = basename(resolve(folder));
  const train = await part(IDX_FILES.train, options.classes);
  const test = await pathOf(folder, IDX_FILES.test[0]).then(exists);
  return test ? { name, train, test: await part(IDX_FILES.test, train.columns[label]?.classes) } : { name, train };
};

const pathOf = async (folder: string, name: string): Promise<string> => {
  const zipped = join(folder, `${name}.gz`);
  return (await exists(zipped)) ? zipped : join(folder, name);
};
