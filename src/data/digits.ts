import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';
import { InvalidFile } from '../errors.ts';
import type { Dataset, Examples } from './dataset.ts';
import { codeOf } from '../files/whole.ts';
import { readBytes } from './files.ts';
import { decodeIdx, type Idx } from './idx.ts';
import { examplesOf, IDX_FILES } from './images.ts';
import { COLUMN, reading } from './options.ts';

/** How the embedded digits are read. */
export interface DigitsOptions {
  /** The name of the column of classes; `digit` by default. */
  readonly label?: string;
}

/**
 * Reads the digits that are included in this package, so that no network is needed: 12,000 of MNIST's training set and 2,000 of
 * its test set, the same number of each class, `y` of [28, 28, 1] and the class `digit`. CC BY-SA 3.0, see `assets/digits`.
 *
 * @example
 * ```ts
 * import { digits } from 'cvae-compile/data';
 *
 * const { train, test } = await digits();
 * console.log(train.count, test?.count); // 12000 2000
 * ```
 */
export const digits = reading(
  'digits',
  { options: { label: COLUMN } },
  async ({ label = 'digit' }: DigitsOptions = {}): Promise<Dataset> => {
    const part = async ([images, labels]: readonly [string, string]): Promise<Examples> =>
      examplesOf(await read(images), await read(labels), { images, labels, label, classes: 10 });
    return { name: 'digits', train: await part(IDX_FILES.train), test: await part(IDX_FILES.test) };
  },
);

const read = async (name: string): Promise<Idx> => {
  // Two folders up from src/data and, in the published package, from dist/data.
  const path = fileURLToPath(new URL(`../../assets/digits/${name}.br`, import.meta.url));
  const remedy = 'install cvae-compile again';
  const bytes = await readBytes(path, 'the embedded digits', remedy);
  const plain = await promisify(brotliDecompress)(bytes).catch((error: unknown) => {
    throw new InvalidFile(`${path}: expected the embedded digits, got ${codeOf(error)}; ${remedy}`);
  });
  return decodeIdx(plain, path, remedy);
};
