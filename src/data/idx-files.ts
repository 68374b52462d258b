import { join } from 'node:path';
import { isFile } from '../files/exists.ts';

/**
 * Returns the names under which one of MNIST's files may be found: `train-images-idx3-ubyte` as it was published, or with a dot,
 * as on Kaggle; gzipped or not.
 */
export const namesOfIdx = (file: string): readonly string[] =>
  [file, file.replace(/-(idx\d-ubyte)$/, '.$1')].flatMap((name) => [`${name}.gz`, name]);

/** Finds one of MNIST's files in a folder: directly in it, or in a subfolder of the file's own name, as archives unpack. */
export const findIdx = async (folder: string, file: string): Promise<string | undefined> => {
  for (const name of namesOfIdx(file))
    for (const path of [join(folder, name), join(folder, name, name)]) if (await isFile(path)) return path;
  return undefined;
};
