import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { InvalidData } from '../../errors.ts';
import { same } from '../../shape/same.ts';
import { show } from '../../shape/show.ts';
import { size } from '../../shape/size.ts';
import type { Column } from '../dataset.ts';
import { showCount } from '../count-progress.ts';
import { storedFile } from '../stored-file.ts';
import { converted, type Channels, type Pixels } from './pixels.ts';
import { readImage } from './read-image.ts';
import { eightBits, laidOver, resized, type Colour, type Fitting } from './resize.ts';

/** How pictures become alike. */
export interface Likeness {
  readonly channels?: Channels;
  readonly fitting?: Fitting;
  readonly background?: Colour;
}

/** A picture by which all others are judged. */
export interface First {
  readonly file: string;
  readonly shape: Pixels['shape'];
}

/** The number of pictures that are decoded at a time. */
const TOGETHER = 32;

/** Reads a picture in the form that all have. */
export const readAlike = async (file: string, { channels, fitting, background }: Likeness): Promise<Pixels> => {
  if (!fitting && !background) return readImage(file, channels);
  const own = await readImage(file, channels === 4 ? 4 : undefined);
  // Alpha that is not asked for is laid over the background before anything else.
  const opaque = channels === 4 || (channels === undefined && !background) ? own : laidOver(own, background ?? BLACK);
  const pixels = converted(opaque, channels);
  return fitting ? resized(file, pixels, fitting, background ?? BLACK) : pixels;
};

const BLACK: Colour = [0, 0, 0];

/**
 * Reads pictures as a column of these files, in memory or, if they are more than `memory` bytes, in a file of the cache, as bytes.
 *
 * @throws InvalidData for a picture of another size than the first, and for pictures whose pixels are all 0 and 1.
 */
export const pixelColumn = async (
  folder: string,
  files: readonly string[],
  likeness: Likeness,
  first: First,
  memory: number,
): Promise<Column> => {
  const column = files.length * size(first.shape) > memory ? storedColumn : heldColumn;
  return column(files, likeness, first, (most) => {
    if (most === 1)
      throw new InvalidData(
        `${folder}: expected pixels from 0 to 255, got images of 0 and 1 alone, which are black; save them with 0 and 255`,
      );
  });
};

/** Reads pictures; `check` is given the largest pixel. */
type ReadColumn = (
  files: readonly string[],
  likeness: Likeness,
  first: First,
  check: (most: number) => void,
) => Promise<Column>;

const heldColumn: ReadColumn = async (files, likeness, first, check) => {
  const { shape } = first;
  let data: Uint8Array | Float32Array = new Uint8Array(files.length * size(shape));
  let [most, at] = [0, 0];
  for await (const { depth, data: pixels } of picturesIn(files, likeness, first)) {
    // From the first picture of 16 bits on, all are numbers from 0 to 1.
    if (depth === 16 && data instanceof Uint8Array) data = Float32Array.from(data, (value) => Math.fround(value / 255));
    const largest = 2 ** depth - 1;
    data.set(data instanceof Uint8Array ? pixels : Float32Array.from(pixels, (value) => value / largest), at);
    most = largestOf(pixels, most);
    at += pixels.length;
  }
  check(most);
  return { shape, data, scale: data instanceof Uint8Array ? 1 / 255 : 1 };
};

const storedColumn: ReadColumn = async (files, likeness, first, check) => {
  const { shape } = first;
  const form = { kind: 'Uint8Array', count: files.length, width: size(shape) } as const;
  const stored = await storedFile([await stampsOf(files), likeness, shape], form, async (append) => {
    let most = 0;
    for await (const pixels of picturesIn(files, likeness, first)) {
      await append(eightBits(pixels));
      most = largestOf(pixels.data, most);
    }
    check(most);
  });
  return { shape, data: new Uint8Array(), stored, scale: 1 / 255 };
};

const largestOf = (pixels: Pixels['data'], most: number): number => {
  let found = most;
  for (let i = 0; i < pixels.length; i++) found = Math.max(found, pixels[i] ?? 0);
  return found;
};

/** Returns by what a file that changes is recognised: its path, its length and when it was written. */
const stampsOf = async (files: readonly string[]): Promise<string> => {
  const hash = createHash('sha256');
  for (const file of files) {
    const { size: length, mtimeMs } = await stat(file);
    hash.update(`${file} ${length} ${mtimeMs}\n`);
  }
  return hash.digest('hex');
};

/** Yields pictures in order, a few of which are decoded at a time. */
async function* picturesIn(files: readonly string[], likeness: Likeness, first: First): AsyncGenerator<Pixels> {
  const shown = showCount(dirname(dirname(first.file)), 'pictures', files.length);
  try {
    for (let at = 0; at < files.length; at += TOGETHER) {
      const some = files.slice(at, at + TOGETHER);
      const pictures = await Promise.all(some.map((file) => readAlike(file, likeness)));
      for (const [i, picture] of pictures.entries()) yield alike(some[i] ?? '', picture, first);
      shown.at(at + some.length);
    }
  } finally {
    shown.end();
  }
}

/** Returns a picture if it has the size and channels of the first one. */
const alike = (file: string, picture: Pixels, first: First): Pixels => {
  const [a, b] = [picture.shape, first.shape];
  if (same(a, b)) return picture;
  const remedy =
    a[2] === b[2]
      ? `make all images of one size, or give it: { size: [${b[0]}, ${b[1]}] }`
      : `give { channels: ${b[2]} } to convert all images`;
  throw new InvalidData(`${file}: expected an image of ${show(b)}, as ${first.file}, got ${show(a)}; ${remedy}`);
};
