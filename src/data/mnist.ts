import { readArchive, type Archive, type ArchiveOptions } from './archive.ts';
import type { Dataset, Examples } from './dataset.ts';
import { examplesOf, IDX_FILES } from './images.ts';
import { rule } from '../values/rules.ts';
import { COLUMN, reading } from './options.ts';

/** How MNIST and similar datasets are read. */
export interface MnistOptions extends ArchiveOptions {
  /** The name of the column of classes. */
  readonly label?: string;
}

const OPTIONS = {
  label: COLUMN,
  progress: rule(
    'false or a function',
    (value) => value === false || typeof value === 'function',
    'give a function, or leave it out',
  ),
  signal: rule(
    'an AbortSignal',
    (value) => typeof value === 'object' && value !== null && 'aborted' in value,
    'give the signal of an AbortController',
  ),
};

/**
 * Reads MNIST: 60,000 digits to train on and 10,000 to test on, `y` of [28, 28, 1] and the class `digit`. From `CVAE_DATA`, the
 * cache, or a mirror that `CVAE_MNIST_MIRROR` may name; every file is verified. By Y. LeCun, C. Cortes and C. Burges.
 *
 * @example
 * ```ts
 * import { mnist } from 'cvae-compile/data';
 *
 * export const data = mnist; // in model.ts: read when it is trained
 * ```
 */
export const mnist = reading('mnist', { options: OPTIONS }, async (options: MnistOptions = {}): Promise<Dataset> =>
  read(MNIST, options, options.label ?? 'digit', 10),
);

/**
 * Reads Fashion-MNIST: pictures of clothes in MNIST's shape, with the named class `label`. Its mirror is `CVAE_FASHION_MIRROR`.
 * H. Xiao, K. Rasul and R. Vollgraf, arXiv:1708.07747.
 */
export const fashionMnist = reading(
  'fashionMnist',
  { options: OPTIONS },
  async (options: MnistOptions = {}): Promise<Dataset> => read(FASHION, options, options.label ?? 'label', CLOTHES),
);

const CLOTHES = [
  'T-shirt/top',
  'Trouser',
  'Pullover',
  'Dress',
  'Coat',
  'Sandal',
  'Shirt',
  'Sneaker',
  'Bag',
  'Ankle boot',
];

// The mirrors are defaults; environment variables may name others (`mirrorOf`).
const MNIST: Archive = {
  name: 'MNIST',
  folder: 'mnist',
  variable: 'CVAE_MNIST_MIRROR',
  mirror: 'https://ossci-datasets.s3.amazonaws.com/mnist',
  sums: {
    'train-images-idx3-ubyte': '6bbc9ace898e44ae57da46a324031adb',
    'train-labels-idx1-ubyte': 'a25bea736e30d166cdddb491f175f624',
    't10k-images-idx3-ubyte': '2646ac647ad5339dbf082846283269ea',
    't10k-labels-idx1-ubyte': '27ae3e4e09519cfbb04c329615203637',
  },
};

const FASHION: Archive = {
  name: 'Fashion-MNIST',
  folder: 'fashion-mnist',
  variable: 'CVAE_FASHION_MIRROR',
  mirror: 'http://fashion-mnist.s3-website.eu-central-1.amazonaws.com',
  sums: {
    'train-images-idx3-ubyte': 'f4a8712d7a061bf5bd6d2ca38dc4d50a',
    'train-labels-idx1-ubyte': '9018921c3c673c538a1fc5bad174d6f9',
    't10k-images-idx3-ubyte': '8181f5470baa50b63fa0f6fddb340f0a',
    't10k-labels-idx1-ubyte': '15d484375f8d13e6eb1aabb0c3f46965',
  },
};

const read = async (
  archive: Archive,
  options: ArchiveOptions,
  label: string,
  classes: number | readonly string[],
): Promise<Dataset> => {
  const part = async ([images, labels]: readonly [string, string]): Promise<Examples> => {
    const read = {
      images: await readArchive(archive, images, options),
      labels: await readArchive(archive, labels, options),
    };
    return examplesOf(read.images, read.labels, { images, labels, label, classes });
  };
  return { name: archive.name, train: await part(IDX_FILES.train), test: await part(IDX_FILES.test) };
};
