import { InvalidFile } from '../errors.ts';
import { show } from '../shape/show.ts';
import { classFinder, isNumeral } from '../values/classes.ts';
import { list } from '../values/value-text.ts';
import type { Examples } from './dataset.ts';
import type { Idx } from './idx.ts';

/** MNIST's file names, without an extension: images and labels of each part. */
export const IDX_FILES = {
  train: ['train-images-idx3-ubyte', 'train-labels-idx1-ubyte'],
  test: ['t10k-images-idx3-ubyte', 't10k-labels-idx1-ubyte'],
} as const;

/** The names of images and labels, in the data and in messages. */
export interface Naming {
  readonly images: string;
  readonly labels: string;
  /** The column of classes. */
  readonly label: string;
  readonly classes?: number | readonly string[];
}

/**
 * Returns examples from an array of images, [N, height, width] or [N, height, width, channels] of bytes, and one of N labels: `y`
 * from 0 to 1, channels last, and the classes. Throws an `InvalidFile` if the two do not match.
 */
export const examplesOf = (images: Idx, labels: Idx, { label, classes, ...names }: Naming): Examples => {
  const [count = 0, height = 0, width = 0, channels = 1] = images.shape;
  if (!(images.data instanceof Uint8Array) || images.shape.length < 3 || images.shape.length > 4)
    throw new InvalidFile(
      `${names.images}: expected bytes of shape [N, height, width], got ${images.shape.length} axes of ${images.data.constructor.name}; give a file of images`,
    );
  if (labels.shape.length !== 1 || labels.shape[0] !== count)
    throw new InvalidFile(
      `${names.labels}: expected ${count} labels, one for each image, got shape ${show(labels.shape)}; give the labels of these images`,
    );
  if (images.shape.includes(0))
    throw new InvalidFile(
      `${names.images}: expected images, got none, in the shape ${show(images.shape)}; get the file again`,
    );
  if (largest(images.data, 2) === 1)
    throw new InvalidFile(
      `${names.images}: expected pixels from 0 to 255, got 0 and 1 alone, which are black; multiply them by 255`,
    );
  return {
    count,
    columns: {
      [label]: {
        shape: [],
        data: indicesOf(labels.data, classes, names.labels),
        scale: 1,
        classes: classes ?? 1 + largest(labels.data),
      },
      y: { shape: [height, width, channels], data: images.data, scale: 1 / 255 },
    },
  };
};

/** Returns labels as indices of these classes: the numbers themselves, unless the classes are named by numbers. */
const indicesOf = (labels: Idx['data'], classes: Naming['classes'], file: string): Idx['data'] => {
  if (typeof classes !== 'object' || !classes.some(isNumeral)) return labels;
  const find = classFinder(classes);
  return Int32Array.from(labels, (label) => {
    const index = find(label);
    if (index >= 0) return index;
    throw new InvalidFile(
      `${file}: expected labels that are names of classes (${list(classes)}), got ${label}; name it too`,
    );
  });
};

/** Returns the largest value, or one that is at least `enough`. */
const largest = (data: ArrayLike<number>, enough = Infinity): number => {
  let most = 0;
  for (let i = 0; i < data.length && most < enough; i++) most = Math.max(most, data[i] ?? 0);
  return most;
};
