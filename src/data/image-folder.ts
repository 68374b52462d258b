import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { InvalidData, InvalidFile } from '../errors.ts';
import type { Dataset, Examples } from './dataset.ts';
import { reason } from '../files/whole.ts';
import { list } from '../values/tell.ts';
import { readPng, type Pixels } from './png.ts';
import { elements, show } from './variable.ts';

/** How a folder of images is read. */
export interface ImageFolderOptions {
  /** Grey (1), RGB (3) or RGB and alpha (4); unless said, that of the first image, which the others must share. */
  readonly channels?: 1 | 3 | 4;
  /** What the column of classes is called; `label` unless said. */
  readonly label?: string;
  /** The classes in order, where that is not the folders' names sorted. */
  readonly classes?: readonly string[];
}

/**
 * A dataset from a folder with a subfolder of PNG files for each class, or from a folder that has `train` and perhaps
 * `validation` and `test` which are such folders. `y` is the image, 0 to 1, channels last. Throws an `InvalidFile` for what
 * is no PNG and an `InvalidData` for images that differ in size.
 */
export const imageFolder = async (folder: string, options: ImageFolderOptions = {}): Promise<Dataset> => {
  const inside = await foldersIn(folder);
  const parted = inside.includes('train');
  const classes = options.classes ?? (parted ? await foldersIn(join(folder, 'train')) : inside);
  const { label = 'label' } = options;
  let first: Picture | undefined;
  const read = async (path: string): Promise<Examples> => {
    const pictures: Picture[] = [];
    for (const { file, index } of await filesIn(path, classes)) {
      const picture = { file, index, image: await readPng(file, options.channels) };
      first ??= picture;
      pictures.push(alike(picture, first));
    }
    if (pictures.length === 0)
      throw new InvalidData(`${path}: expected PNG files in a folder for each class, got none; put them there`);
    return assemble(pictures, label, classes);
  };
  const name = basename(resolve(folder));
  if (!parted) return { name, train: await read(folder) };
  const train = await read(join(folder, 'train'));
  const validation = inside.includes('validation') ? await read(join(folder, 'validation')) : undefined;
  const test = inside.includes('test') ? await read(join(folder, 'test')) : undefined;
  return { name, train, ...(validation ? { validation } : {}), ...(test ? { test } : {}) };
};

interface Picture {
  readonly file: string;
  readonly index: number;
  readonly image: Pixels;
}

/** The picture, if it has the first one's size and channels. */
const alike = (picture: Picture, first: Picture): Picture => {
  const [a, b] = [picture.image.shape, first.image.shape];
  if (a.every((size, axis) => size === b[axis])) return picture;
  const remedy = a[2] === b[2] ? 'make all images of one size' : `give { channels: ${b[2]} } to convert all images`;
  throw new InvalidData(
    `${picture.file}: expected an image of ${show(b)}, as ${first.file}, got ${show(a)}; ${remedy}`,
  );
};

const assemble = (pictures: readonly Picture[], label: string, classes: readonly string[]): Examples => {
  const shape = pictures[0]?.image.shape ?? [];
  const size = elements(shape);
  const bytes = pictures.every(({ image }) => image.depth === 8);
  const data = bytes ? new Uint8Array(pictures.length * size) : new Float32Array(pictures.length * size);
  pictures.forEach(({ image }, i) => {
    const one = bytes ? image.data : Float32Array.from(image.data, (value) => value / (2 ** image.depth - 1));
    data.set(one, i * size);
  });
  const indices = Int32Array.from(pictures, ({ index }) => index);
  return {
    count: pictures.length,
    columns: {
      [label]: { shape: [], data: indices, scale: 1, classes },
      y: { shape, data, scale: bytes ? 1 / 255 : 1 },
    },
  };
};

/** The PNG files in each class's folder, in order, with the class's index. */
const filesIn = async (
  folder: string,
  classes: readonly string[],
): Promise<readonly { readonly file: string; readonly index: number }[]> => {
  const found: { file: string; index: number }[] = [];
  for (const name of await foldersIn(folder)) {
    const index = classes.indexOf(name);
    if (index < 0)
      throw new InvalidData(
        `${join(folder, name)}: expected a folder of one of the classes ${list(classes)}, got ${name}; rename or move it`,
      );
    for (const entry of await entriesOf(join(folder, name)))
      if (/^[^.].*\.png$/i.test(entry.name)) found.push({ file: join(folder, name, entry.name), index });
  }
  return found;
};

/** The names of the folders in a folder, sorted. */
const foldersIn = async (folder: string): Promise<readonly string[]> => {
  const entries = await entriesOf(folder);
  return entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')).map(({ name }) => name);
};

// Sorted by code unit, so that the order is that of every machine.
const entriesOf = async (folder: string): Promise<Dirent[]> => {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw new InvalidFile(`${folder}: expected a folder of images by class, got ${reason(error)}; correct the path`);
  });
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
};
