import { InvalidData } from '../errors.ts';
import { stream, uniforms } from '../random.ts';
import { show } from '../shape/show.ts';
import type { Dataset, Examples, Transform } from './dataset.ts';
import { between, whole } from '../values/rules.ts';
import { DATASET, taking } from './options.ts';
import { withTransform } from './transform.ts';

/** How far images are shifted, and how many of them. */
export interface RandomShiftOptions {
  /** The largest shift in pixels, up or down and left or right; 1 by default. */
  readonly pixels?: number;
  /** The share of images that are shifted, from 0 to 1; all by default. */
  readonly share?: number;
}

/**
 * Returns a data augmentation: a change to a dataset of images by which training sees `y` shifted, each image by a whole number
 * of pixels that is drawn anew in each epoch, all shifts equally likely (including none); pixels from outside are 0. Validation
 * and test images stay unchanged. Apply it before `quadrants`.
 *
 * @throws InvalidData if y is not an image, and for options out of range.
 */
export const randomShift = taking(
  'randomShift',
  {
    options: {
      pixels: whole('', '1 suits small images'),
      share: between('a number from 0 to 1', [0, 1], 'give 0.5 for every second image'),
    },
  },
  ({ pixels = 1, share = 1 }: RandomShiftOptions = {}): ((dataset: Dataset) => Dataset) =>
    taking('randomShift', { args: [DATASET] }, (dataset: Dataset) => {
      // The checksum is dropped: it is that of images that training no longer sees.
      const { checksum: _, ...rest } = dataset;
      return { ...rest, train: shifting(dataset.train, pixels, share) };
    }),
);

const shifting = (examples: Examples, pixels: number, share: number): Examples => {
  const { y } = examples.columns;
  if (y === undefined || y.shape.length < 2)
    throw new InvalidData(
      `randomShift: expected images as y, got ${y === undefined ? 'no y' : `the shape ${show(y.shape)}`}; give y the shape [height, width, channels]`,
    );
  const [height = 0, width = 0, channels = 1] = y.shape;
  const before = new Float32Array(height * width * channels);
  const shift: Transform = ({ y }, { seed, epoch, index }) => {
    if (y === undefined) return;
    const [whether = 0, up = 0, left = 0] = uniforms(stream(seed, 'shift', epoch), 1, 3, index);
    if (whether >= share) return;
    const by = (u: number) => Math.floor(u * (2 * pixels + 1)) - pixels;
    const [dy, dx] = [by(up), by(left)];
    before.set(y);
    y.fill(0);
    // Row by row, the part that stays inside.
    const [from, to] = [Math.max(0, dx), Math.min(width, width + dx)];
    for (let row = Math.max(0, dy); row < Math.min(height, height + dy); row++) {
      const at = (row - dy) * width - dx;
      y.set(before.subarray((at + from) * channels, (at + to) * channels), (row * width + from) * channels);
    }
  };
  return withTransform(examples, shift);
};
