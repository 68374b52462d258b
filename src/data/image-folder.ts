import { basename, resolve } from 'node:path';
import { InvalidData } from '../errors.ts';
import { permutation, stream } from '../random.ts';
import type { Dataset, Examples } from './dataset.ts';
import { folderOf, type Part, type PictureFolder } from './images/folder.ts';
import { pixelColumn, readAlike, type First, type Likeness } from './images/pixel-column.ts';
import type { Channels } from './images/pixels.ts';
import { colourOf, type Colour, type Fitting } from './images/resize.ts';
import { between, isWhole, oneOf, rule, wholeFrom0 } from '../values/rules.ts';
import { COLUMN, isNames, PATH, reading } from './options.ts';
import { pathOf } from './path.ts';
import { heldOut } from './split.ts';

/** How a folder of images is read. */
export interface ImageFolderOptions {
  /** Grey (1), RGB (3) or RGB and alpha (4); by default the channels of the first image, which the others must share. */
  readonly channels?: Channels;
  /** The name of the column of classes; `label` by default. */
  readonly label?: string;
  /** The classes in order; by default the folders' names in order, numbers by value. */
  readonly classes?: readonly string[];
  /** The size to which all images are brought, with the optional package `sharp`: a side, or [height, width]. */
  readonly size?: number | readonly [height: number, width: number];
  /**
   * How an image of another shape gets that size: `cover`, the default, fills it and cuts the rest, `contain` shows all of the image with
   * the background around it, `fill` stretches it.
   */
  readonly fit?: Fitting['fit'];
  /** The colour under transparent pixels and around contained images, `'#ffffff'` or `[255, 255, 255]`; black by default. */
  readonly background?: string | Colour;
  /**
   * The fraction of each class that is drawn with the random seed to test on; none by default. A folder that has the parts `train` and
   * `test` keeps these.
   */
  readonly test?: number;
  /** The random seed of the test part: 0. */
  readonly seed?: number;
  /** The bytes of pixels that are kept in memory, 1 GB by default; a part with more is kept in a file of the cache, and read batch by batch. */
  readonly memory?: number;
}

const CALL = {
  args: [PATH],
  options: {
    channels: oneOf(1, 3, 4),
    label: COLUMN,
    classes: rule('names that differ', isNames, "give the folders' names in order"),
    size: rule(
      'a side in pixels, or [height, width],',
      (value) => isWhole(value) || (Array.isArray(value) && value.length === 2 && value.every((side) => isWhole(side))),
      'give 32, say',
    ),
    fit: oneOf('cover', 'contain', 'fill'),
    background: rule('a colour', (value) => colourOf(value) !== undefined, "give '#ffffff' or [255, 255, 255]"),
    test: between('a fraction between 0 and 1', [0, 1], 'give 0.1, say', 'neither'),
    seed: wholeFrom0('give a seed such as 1'),
    memory: wholeFrom0('give a number of bytes'),
  },
};

/**
 * Reads a dataset from a folder with a subfolder of PNG, JPEG or WebP files for each class, or from a folder with subfolders
 * `train` and optionally `validation` (or `val`, `valid`) and `test` of that form. Links are followed. `y` is the image, 0 to 1,
 * channels last, upright. Files that are not images are left out, with a notice. Throws an `InvalidFile` for an image that cannot
 * be decoded, an `InvalidData` for images that differ in size or would be left out, and an `Unavailable` if the package `sharp`,
 * which decodes JPEG and WebP, is not installed.
 *
 * @example
 * ```ts
 * import { imageFolder } from 'cvae-compile/data';
 *
 * const { train } = await imageFolder('photos'); // photos/cat/1.png, photos/dog/1.png, …
 * console.log(train.columns['y']?.shape, train.columns['label']?.classes); // [28, 28, 1] ['cat', 'dog']
 * ```
 */
export const imageFolder = reading(
  'imageFolder',
  CALL,
  async (path: string | URL, options: ImageFolderOptions = {}): Promise<Dataset> => {
    const folder = pathOf(path);
    const { label = 'label', memory = MEMORY } = options;
    const { classes, parts: found, notices } = await folderOf(folder, options.classes);
    const parts = testHeld(found, folder, options);
    const likeness = likenessOf(options);
    const [{ file } = { file: folder }] = parts.train.pictures;
    const first: First = { file, shape: (await readAlike(file, likeness)).shape };
    const read = async ({ folder: own, pictures }: Part): Promise<Examples> => {
      const files = pictures.map((one) => one.file);
      const y = await pixelColumn(own, files, likeness, first, memory);
      const data = Int32Array.from(pictures, ({ index }) => index);
      return { count: pictures.length, columns: { [label]: { shape: [], data, scale: 1, classes }, y } };
    };
    const { train, validation, test } = parts;
    return {
      name: basename(resolve(folder)),
      train: await read(train),
      ...(validation && { validation: await read(validation) }),
      ...(test && { test: await read(test) }),
      ...(notices.length > 0 && { notices }),
    };
  },
);

/** Returns the parts with a test part that is drawn from each class of `train`, if options ask for one. */
const testHeld = (
  parts: PictureFolder['parts'],
  folder: string,
  { test, seed }: ImageFolderOptions,
): PictureFolder['parts'] => {
  if (test === undefined) {
    if (seed === undefined) return parts;
    throw new InvalidData(
      `imageFolder: expected test, whose pictures seed draws, got seed alone; give { test: 0.1 }, say`,
    );
  }
  if (parts.test)
    throw new InvalidData(
      `imageFolder: expected no fraction for the test, as ${folder} has a part test, got ${test}; leave test out`,
    );
  const { train } = parts;
  const held = heldByClass(train.pictures, test, seed);
  if (held.size === 0)
    throw new InvalidData(
      `imageFolder: expected a class of two pictures or more, to test on one of them, got classes of one in ${folder}; leave test out`,
    );
  const some = (isHeld: boolean): Part => ({
    ...train,
    pictures: train.pictures.filter((_, i) => held.has(i) === isHeld),
  });
  return { ...parts, train: some(false), test: some(true) };
};

/** Draws a fraction of the pictures of each class, by their places; none of a class of one. */
const heldByClass = (pictures: Part['pictures'], fraction: number, seed = 0): ReadonlySet<number> => {
  const places = new Map<number, number[]>();
  for (const [i, { index }] of pictures.entries()) {
    const own = places.get(index);
    if (own) own.push(i);
    else places.set(index, [i]);
  }
  return new Set(
    [...places].flatMap(([index, own]) =>
      Array.from(
        permutation(own.length, stream(seed, 'test', `${index}`)).subarray(0, heldOut(own.length, fraction)),
        (at) => own[at] ?? 0,
      ),
    ),
  );
};

/** How many bytes of pixels a part may have in memory. */
const MEMORY = 1e9;

const likenessOf = ({ channels, size, fit, background }: ImageFolderOptions): Likeness => {
  if (fit !== undefined && size === undefined)
    throw new InvalidData(`imageFolder: expected size, which fit is about, got fit alone; give { size: 32 }, say`);
  const colour = colourOf(background);
  return {
    ...(channels && { channels }),
    ...(size !== undefined && {
      fitting: { size: typeof size === 'number' ? [size, size] : size, fit: fit ?? 'cover' },
    }),
    ...(colour && { background: colour }),
  };
};
