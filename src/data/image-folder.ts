import { basename, join, resolve } from 'node:path';
import { InvalidData } from '../errors.ts';
import { same } from '../shape/same.ts';
import { show } from '../shape/show.ts';
import { size } from '../shape/size.ts';
import { list } from '../values/value-text.ts';
import { own } from '../values/own.ts';
import type { Dataset, Examples } from './dataset.ts';
import { checkApart, checkLoose, checkWhole, foundIn, several } from './images/found.ts';
import type { Channels, Pixels } from './images/pixels.ts';
import { readImage } from './images/read-image.ts';
import { oneOf, rule } from '../values/rules.ts';
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
}

const CALL = {
  args: [PATH],
  options: {
    channels: oneOf(1, 3, 4),
    label: COLUMN,
    classes: rule('names that differ', isNames, "give the folders' names in order"),
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
    const { label = 'label' } = options;
    const inside = await foundIn(folder);
    const parts = await partsIn(folder, inside.folders);
    const left: string[] = [];
    const { classes = await classesIn(parts?.get('train') ?? folder) } = options;
    const read = reader(classes, label, options.channels, left);
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
const reader = (classes: readonly string[], label: string, channels: Channels | undefined, left: string[]) => {
  let first: Picture | undefined;
  return async (folder: string, trains: boolean): Promise<Examples> => {
    const inside = await foundIn(folder);
    checkLoose(folder, inside);
    await checkApart(folder, inside.folders);
    left.push(...inside.others);
    const pictures: Picture[] = [];
    for (const name of inside.folders) {
      const path = join(folder, name);
      const index = classes.indexOf(name);
      if (index < 0)
        throw new InvalidData(
          `${path}: expected a folder of one of the classes ${list(classes)}, got ${name}; rename or move it`,
        );
      const found = await foundIn(path);
      await checkWhole(path, found);
      if (trains && found.images.length === 0)
        throw new InvalidData(
          `${path}: expected PNG, JPEG or WebP files of this class, got none; put them there or remove it`,
        );
      left.push(...[...found.folders, ...found.others].map((other) => join(name, other)));
      for (const file of found.images) {
        const picture = { file: join(path, file), index, image: await readImage(join(path, file), channels) };
        first ??= picture;
        pictures.push(alike(picture, first));
      }
    }
    if (pictures.length === 0)
      throw new InvalidData(
        `${folder}: expected PNG, JPEG or WebP files in a folder for each class, got none; put them there`,
      );
    return assemble(folder, pictures, label, classes);
  };
};

interface Picture {
  readonly file: string;
  readonly index: number;
  readonly image: Pixels;
}

/** Returns the picture if it has the size and channels of the first one. */
const alike = (picture: Picture, first: Picture): Picture => {
  const [a, b] = [picture.image.shape, first.image.shape];
  if (same(a, b)) return picture;
  const remedy = a[2] === b[2] ? 'make all images of one size' : `give { channels: ${b[2]} } to convert all images`;
  throw new InvalidData(
    `${picture.file}: expected an image of ${show(b)}, as ${first.file}, got ${show(a)}; ${remedy}`,
  );
};

const assemble = (
  folder: string,
  pictures: readonly Picture[],
  label: string,
  classes: readonly string[],
): Examples => {
  const shape = pictures[0]?.image.shape ?? [];
  const length = size(shape);
  const bytes = pictures.every(({ image }) => image.depth === 8);
  const data = bytes ? new Uint8Array(pictures.length * length) : new Float32Array(pictures.length * length);
  let most = 0;
  pictures.forEach(({ image }, i) => {
    const one = bytes ? image.data : Float32Array.from(image.data, (value) => value / (2 ** image.depth - 1));
    data.set(one, i * length);
    for (const value of image.data) most = Math.max(most, value);
  });
  if (most === 1)
    throw new InvalidData(
      `${folder}: expected pixels from 0 to 255, got images of 0 and 1 alone, which are black; save them with 0 and 255`,
    );
  const indices = Int32Array.from(pictures, ({ index }) => index);
  return {
    count: pictures.length,
    columns: {
      [label]: { shape: [], data: indices, scale: 1, classes },
      y: { shape, data, scale: bytes ? 1 / 255 : 1 },
    },
  };
};

const noticeOf = (folder: string, left: readonly string[]): Pick<Dataset, 'notices'> =>
  left.length === 0
    ? {}
    : { notices: [`${folder}: leaves out ${several(left, ['entry', 'entries'])} that are no images`] };
