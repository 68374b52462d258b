import { InvalidData } from '../../errors.ts';
import { stream, uniforms } from '../../random.ts';
import { size } from '../../shape/size.ts';
import { isPlain } from '../../values/rules.ts';
import { list } from '../../values/value-text.ts';
import type { Moment, Transform } from '../dataset.ts';
import { needed, type Variable, type Variables } from '../variable.ts';

/** An image of an example, which an augmentation changes in place. */
export interface Raster {
  readonly name: string;
  /** Row-major over [height, width, channels]: pixels, the indices of classes, or a mask of 0 and 1. */
  readonly values: Float32Array;
  readonly shape: readonly [height: number, width: number, channels: number];
  /** Whether values may be mixed and recoloured: those of pixels, but neither classes nor masks. */
  readonly arePixels: boolean;
}

/** A change to images while a model is trained: what `training.augment` is a list of. */
export interface Augmentation {
  readonly name: string;
  readonly settings: Readonly<Record<string, number | string>>;
  /** The variables that are changed; by default all images, in the same way. */
  readonly of?: readonly string[];
  /** How many numbers from 0 to 1 are drawn for each example. */
  readonly draws: number;
  /** Changes an image in place, by these numbers and the moment only. */
  readonly change: (raster: Raster, drawn: Float32Array, at: Moment) => void;
}

/** Whether a value is an augmentation. */
export const isAugmentation = (value: unknown): value is Augmentation =>
  isPlain(value) &&
  typeof value['name'] === 'string' &&
  isPlain(value['settings']) &&
  typeof value['draws'] === 'number' &&
  typeof value['change'] === 'function';

/** Returns an augmentation as text, by which a run is recognised: `shift (pixels 2)`. */
export const augmentationText = ({ name, settings, of }: Augmentation): string => {
  const all = Object.entries({ ...settings, ...(of && { of: of.join(' ') }) }).map(([key, value]) => `${key} ${value}`);
  return all.length === 0 ? name : `${name} (${all.join(', ')})`;
};

/**
 * Returns the change of an example by these augmentations, one after the other: images of a model's variables that have the size of the
 * target's, and the masks of these. What is drawn follows from the seed, the epoch and the example.
 *
 * @throws InvalidData if there are no images, or if an augmentation is for variables that are none.
 */
export const augmenting = (variables: Variables, augmentations: readonly Augmentation[]): Transform => {
  const images = imagesOf(variables);
  if (images.length === 0)
    throw new InvalidData(
      `augment: expected a model with images, got ${list(Object.keys(variables))} without any; leave it out, or give the target its image: bernoulli(28, 28, 1)`,
    );
  const planned = augmentations.map((one, place) => {
    const { of } = one;
    const other = of?.find((name) => !images.some((image) => image.name === name));
    if (other !== undefined)
      throw new InvalidData(
        `${one.name}: expected images in of (${list(images.filter(({ isMask }) => !isMask).map(({ name }) => name))}), got ${other}; correct it`,
      );
    return { one, place, images: of ? images.filter(({ name, whose }) => of.includes(whose ?? name)) : images };
  });
  return (example, at) => {
    for (const { one, place, images: some } of planned) {
      const key = stream(at.seed, 'augment', place, one.name, at.epoch);
      const drawn = uniforms(key, 1, one.draws, at.index);
      for (const { name, shape, arePixels } of some) {
        const values = example[name];
        if (values?.length === size(shape)) one.change({ name, values, shape, arePixels }, drawn, at);
      }
    }
  };
};

interface Image extends Omit<Raster, 'values'> {
  readonly isMask: boolean;
  /** The variable whose mask it is. */
  readonly whose?: string;
}

/** Returns a model's images, and their masks, of the size of the target's, which comes last. */
const imagesOf = (variables: Variables): readonly Image[] => {
  const all = Object.entries(needed(variables)).flatMap(([name, variable]): readonly Image[] => {
    const { maskOf } = variable;
    const shape = imageShape(maskOf === undefined ? variable : (variables[maskOf] ?? variable));
    const isMask = maskOf !== undefined;
    const arePixels = !isMask && variable.kind !== 'categorical';
    return shape ? [{ name, shape, arePixels, isMask, ...(isMask && { whose: maskOf }) }] : [];
  });
  const last = all.findLast(({ isMask }) => !isMask);
  return all.filter(({ shape: [height, width] }) => height === last?.shape[0] && width === last.shape[1]);
};

/** Returns the shape of a variable's images: pixels, or a class for each; undefined if it has none. */
const imageShape = ({ kind, image, dataShape }: Variable): Raster['shape'] | undefined => {
  if (image) return image;
  const [height, width, channels = 1] = dataShape;
  const isImage = kind === 'image' || (kind === 'categorical' && dataShape.length === 2);
  return isImage && height !== undefined && width !== undefined ? [height, width, channels] : undefined;
};
