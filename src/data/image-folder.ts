import { basename, join, resolve } from 'node:path';
import { InvalidData } from '../errors.ts';
import { own } from '../values/own.ts';
import type { Dataset, Examples } from './dataset.ts';
import { checkLoose, foundIn, several } from './images/found.ts';
import { picturesOf } from './images/listing.ts';
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
   * the background beside it, `fill` stretches it.
   */
  readonly fit?: Fitting['fit'];
  /** The colour under transparent pixels and beside contained images, `'#ffffff'` or `[255, 255, 255]`; black by default. */
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
    const inside = await foundIn(folder);
    const parts = await partsIn(folder, inside.folders);
    const left: string[] = [];
    const { classes = await classesIn(parts?.get('train') ?? folder) } = options;
    const read = reader(classes, label, likenessOf(options), memory, left);
    const name = basename(resolve(folder));
    if (parts === undefined) {
      const train = await read(folder, true);
      return { name, train, ...noticeOf(folder, left) };
    }
    checkLoose(folder, inside);
    left.push(...inside.others);
    const [train, validation, test] = [parts.get('train'), parts.get('validation'), parts.get('test')];
    const dataset: Dataset = {
      name,
      train: await read(train ?? folder, true),
      ...(validation === undefined ? {} : { validation: await read(validation, false) }),
      ...(test === undefined ? {} : { test: await read(test, false) }),
    };
    return { ...dataset, ...noticeOf(folder, left) };
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

const PARTS: Readonly<Record<string, 'train' | 'validation' | 'test'>> = {
  train: 'train',
  validation: 'validation',
  val: 'validation',
  valid: 'validation',
  test: 'test',
};

/** Returns the folders of the parts if there is a `train` with subfolders; otherwise all folders are classes. */
const partsIn = async (
  folder: string,
  names: readonly string[],
): Promise<ReadonlyMap<'train' | 'validation' | 'test', string> | undefined> => {
  if (!names.includes('train')) return undefined;
  const train = await foundIn(join(folder, 'train'));
  if (train.folders.length === 0 && train.images.length > 0) return undefined; // a class named train: of vehicles, for example
  const others = names.filter((name) => own(PARTS, name) === undefined);
  if (others.length > 0)
    throw new InvalidData(
      `${folder}: expected train, validation and test, as there is a train with folders in it, got also ${several(others, ['folder', 'folders'])}; move them`,
    );
  const parts = new Map<'train' | 'validation' | 'test', string>();
  for (const name of names) {
    const part = own(PARTS, name) ?? 'train';
    const before = parts.get(part);
    if (before !== undefined)
      throw new InvalidData(
        `${folder}: expected one folder for ${part}, got ${basename(before)} and ${name}; merge them`,
      );
    parts.set(part, join(folder, name));
  }
  return parts;
};

const classesIn = async (folder: string): Promise<readonly string[]> => (await foundIn(folder)).folders;

/** Returns a function that reads a part; files there that are not images are added to `left`. */
const reader = (classes: readonly string[], label: string, likeness: Likeness, memory: number, left: string[]) => {
  let first: First | undefined;
  return async (folder: string, trains: boolean): Promise<Examples> => {
    const listed = await picturesOf(folder, classes, trains, left);
    const [{ file } = { file: folder }] = listed;
    first ??= { file, shape: (await readAlike(file, likeness)).shape };
    const files = listed.map((one) => one.file);
    const y = await pixelColumn(folder, files, likeness, first, memory);
    const indices = Int32Array.from(listed, ({ index }) => index);
    return { count: listed.length, columns: { [label]: { shape: [], data: indices, scale: 1, classes }, y } };
  };
};

const noticeOf = (folder: string, left: readonly string[]): Pick<Dataset, 'notices'> =>
  left.length === 0
    ? {}
    : { notices: [`${folder}: leaves out ${several(left, ['entry', 'entries'])} that are no images`] };
