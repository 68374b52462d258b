import { InvalidFile } from '../errors.ts';
import type { Examples } from './dataset.ts';
import type { Idx } from './idx.ts';

/** MNIST's file names, without an ending: images and labels of each part. */
export const IDX_FILES = {
  train: ['train-images-idx3-ubyte', 'train-labels-idx1-ubyte'],
  test: ['t10k-images-idx3-ubyte', 't10k-labels-idx1-ubyte'],
} as const;

/** What images and labels are called, in the data and in messages. */
export interface Naming {
  readonly images: string;
  readonly labels: string;
  /** The column of classes. */
  readonly label: string;
  readonly classes?: number | readonly string[];
}

/**
 * Examples from an array of images, [N, height, width] or [N, height, width, channels] of bytes, and one of N labels: `y`
 * from 0 to 1, channels last, and the classes. Throws an `InvalidFile` where the two do not go together.
 */
export const examplesOf = (images: Idx, labels: Idx, { label, classes, ...names }: Naming): Examples => {
  const [count = 0, height = 0, width = 0, channels = 1] = images.shape;
  if (!(images.data instanceof Uint8Array) || images.shape.length < 3 || images.shape.length > 4)
    throw new InvalidFile(
      `${names.images}: expected bytes of shape [N, height, width], got ${images.shape.length} axes of ${images.data.constructor.name}; give a file of images`,
    );
  if (labels.shape.length !== 1 || labels.shape[0] !== count)
    throw new InvalidFile(
      `${names.labels}: expected ${count} labels, one for each image, got shape [${labels.shape.join(', ')}]; give the labels of these images`,
    );
  return {
    count,
    columns: {
      [label]: { shape: [], data: labels.data, scale: 1, classes: classes ?? 1 + largest(labels.data) },
      y: { shape: [height, width, channels], data: images.data, scale: 1 / 255 },
    },
  };
};

const largest = (data: ArrayLike<number>): number => {
  let most = 0;
  for (let i = 0; i < data.length; i++) most = Math.max(most, data[i] ?? 0);
  return most;
};
