import { basename, resolve } from 'node:path';
import { InvalidData } from '../errors.ts';
import type { Dataset, Examples } from './dataset.ts';
import { folderOf, type Part } from './images/folder.ts';
import { pixelColumn, readAlike, type First, type Likeness } from './images/pixel-column.ts';
import type { Channels } from './images/pixels.ts';
import { colourOf, type Colour, type Fitting } from './images/resize.ts';
import { isWhole, oneOf, rule, wholeFrom0 } from '../values/rules.ts';
import { COLUMN, isNames, PATH, reading } from './options.ts';
import { pathOf } from './path.ts';

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
    const { classes, parts, notices } = await folderOf(folder, options.classes);
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
