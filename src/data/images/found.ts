import { readdir, realpath, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { InvalidData, InvalidFile } from '../../errors.ts';
import { reason } from '../../files/whole.ts';
import { sortedClasses } from '../../values/classes.ts';

/** The content of a folder, links followed: its folders and files, in the order of their names. */
export interface Found {
  readonly folders: readonly string[];
  readonly images: readonly string[];
  /** Images in formats that are not read. */
  readonly strange: readonly string[];
  /** Entries that are not part of a data set: hidden files and folders, those of archives, texts. */
  readonly others: readonly string[];
}

const READ = new Set(['.png', '.jpg', '.jpeg', '.jpe', '.jfif', '.webp']);
const STRANGE = new Set(
  '.avif .bmp .cr2 .dib .dng .exr .gif .hdr .heic .heif .ico .j2k .jp2 .jxl .nef .pbm .pgm .pnm .ppm .psd .svg .tga .tif .tiff'.split(
    ' ',
  ),
);
/** Files and folders that macOS and Windows leave behind. */
const LITTER = new Set(['__MACOSX', 'Thumbs.db', 'desktop.ini']);

/** Lists a folder. Throws an `InvalidFile` if it cannot be read, and for a broken link. */
export const foundIn = async (folder: string): Promise<Found> => {
  const names = await readdir(folder).catch((error: unknown) => {
    throw new InvalidFile(`${folder}: expected a folder of images by class, got ${reason(error)}; correct the path`);
  });
  const found: Record<keyof Found, string[]> = { folders: [], images: [], strange: [], others: [] };
  for (const name of sortedClasses(names)) {
    if (name.startsWith('.') || LITTER.has(name)) {
      found.others.push(name);
      continue;
    }
    const path = join(folder, name);
    const entry = await stat(path).catch((error: unknown) => {
      throw new InvalidFile(
        `${path}: expected a file or a folder, got ${reason(error)}; remove it, or correct where it leads`,
      );
    });
    const ending = extname(name).toLowerCase();
    if (entry.isDirectory()) found.folders.push(name);
    else if (READ.has(ending)) found.images.push(name);
    else if (STRANGE.has(ending)) found.strange.push(name);
    else found.others.push(name);
  }
  return found;
};

/** Returns the images of any format in a folder and its subfolders, `most` at most. */
const imagesBelow = async (folder: string, most: number, depth = 4): Promise<readonly string[]> => {
  const { folders, images, strange } = await foundIn(folder);
  const all = [...images, ...strange].map((name) => join(folder, name));
  for (const name of depth > 0 ? folders : []) {
    if (all.length >= most) break;
    all.push(...(await imagesBelow(join(folder, name), most - all.length, depth - 1)));
  }
  return all.slice(0, most);
};

const IMAGES = ['image', 'images'] as const;

/** This many images are counted; a message then says that there are more. */
const COUNTED = 1000;

/**
 * Refuses images of a class that would be left out: those in other formats, and those in subfolders of the class. Their folder is
 * `folder`.
 */
export const checkWhole = async (folder: string, { folders, strange }: Found): Promise<void> => {
  if (strange.length > 0)
    throw new InvalidData(
      `${folder}: expected PNG, JPEG or WebP files, got ${several(strange, IMAGES)} of other formats; convert or move them`,
    );
  for (const name of folders) {
    const below = await imagesBelow(join(folder, name), COUNTED);
    if (below.length > 0)
      throw new InvalidData(
        `${join(folder, name)}: expected images directly in the folder of their class, got ${several(
          below.map((path) => path.slice(folder.length + 1)),
          IMAGES,
        )} one folder deeper; move them up, or name the parts of the data train, validation and test`,
      );
  }
};

/** Refuses images that do not belong to any class folder. */
export const checkLoose = (folder: string, { folders, images, strange }: Found): void => {
  const loose = [...images, ...strange];
  if (loose.length === 0) return;
  const where =
    folders.length > 0 ? 'next to these; move them into one' : 'and no folder; make one in it, also for a single class';
  throw new InvalidData(
    `${folder}: expected images in a folder for each class, got ${several(loose, IMAGES)} ${where}`,
  );
};

/** Refuses two folders that a link makes the same: all their images would be in two classes. */
export const checkApart = async (folder: string, names: readonly string[]): Promise<void> => {
  const seen = new Map<string, string>();
  for (const name of names) {
    const real = await realpath(join(folder, name));
    const other = seen.get(real);
    if (other !== undefined)
      throw new InvalidData(
        `${folder}: expected a folder for each class, got the same one as ${other} and ${name}; remove a link`,
      );
    seen.set(real, name);
  }
};

/** Formats a count with examples: `3 images (a.gif, b.gif, c.gif)`. */
export const several = (names: readonly string[], [one, more]: readonly [string, string]): string => {
  const count = names.length >= COUNTED ? `${COUNTED} or more` : `${names.length}`;
  const listed = names.length > 5 ? [...names.slice(0, 5), '…'] : names;
  return `${count} ${names.length === 1 ? one : more} (${listed.join(', ')})`;
};
