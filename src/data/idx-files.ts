import { join } from 'node:path';
import { isFile } from '../files/exists.ts';

/**
 * The names under which one of MNIST's files is found: `train-images-idx3-ubyte` as it was published, or with a dot, as Kaggle
 * has it; gzipped or not.
 */
export const namesOfIdx = (file: string): readonly string[] =>
  [file, file.replace(/-(idx\d-ubyte)$/, '.$1')].flatMap((name) => [`${name}.gz`, name]);

/** Where a folder has one of MNIST's files, if it does: in itself, or in a folder of the file's own name, as archives unpack. */
export const findIdx = async (folder: string, file: string): Promise<string | undefined> => {
  for (const name of namesOfIdx(file))
    for (const path of [join(folder, name), join(folder, name, name)]) if (await isFile(path)) return path;
  return undefined;
};
