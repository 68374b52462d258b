import { GAP, sheetSize } from '../formats/snapshot.ts';
import { encode } from 'fast-png';
import type { Pixels } from '../data/images/pixels.ts';
import type { Picture } from '../runtime/picture.ts';

/** Larger pictures are reduced: many are viewed at a time. */
const LARGEST = 96;

/** Returns the size in pixels of a picture of [height, width, …] on a sheet. */
export const fitted = ([height, width]: readonly [number, number, ...number[]]): readonly [number, number] => {
  const scale = Math.min(1, LARGEST / Math.max(height, width));
  return [Math.max(1, Math.round(height * scale)), Math.max(1, Math.round(width * scale))];
};

/** Arranges pictures of four channels in rows of `columns`, in cells of [height, width], with no space between them. */
export const sheet = (
  pictures: readonly Picture[],
  columns: number,
  [height, width]: readonly [number, number],
): Picture => {
  const rows = Math.ceil(pictures.length / columns);
  const [down, across] = sheetSize(rows, columns, [height, width]);
  const data = new Uint8ClampedArray(across * down * 4);
  for (const [i, picture] of pictures.entries()) {
    const [top, left] = [Math.floor(i / columns) * (height + GAP), (i % columns) * (width + GAP)];
    const small = resized(picture, height, width);
    for (let row = 0; row < height; row++)
      data.set(small.subarray(row * width * 4, (row + 1) * width * 4), ((top + row) * across + left) * 4);
  }
  return { width: across, height: down, channels: 4, data };
};

/** Resizes a picture's pixels: averages when reducing, the nearest when enlarging. */
const resized = (picture: Picture, height: number, width: number): Uint8ClampedArray => {
  if (picture.height === height && picture.width === width) return picture.data;
  const out = new Uint8ClampedArray(height * width * 4);
  const range = (at: number, to: number, from: number): readonly [number, number] => {
    const first = Math.floor((at * from) / to);
    return [first, Math.max(first + 1, Math.floor(((at + 1) * from) / to))];
  };
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const [top, bottom] = range(y, height, picture.height);
      const [left, right] = range(x, width, picture.width);
      for (let c = 0; c < 4; c++) {
        let sum = 0;
        for (let v = top; v < bottom; v++)
          for (let u = left; u < right; u++) sum += picture.data[(v * picture.width + u) * 4 + c] ?? 0;
        out[(y * width + x) * 4 + c] = sum / ((bottom - top) * (right - left));
      }
    }
  return out;
};

/** Returns some columns of a sheet's pixels, four channels each, as a separate PNG file; cells are `width` wide. */
export const columnsOf = ({ shape, data }: Pixels, columns: readonly number[], width: number): Uint8Array => {
  const [height, across] = shape;
  const wide = columns.length * (width + GAP) - GAP;
  const out = new Uint8Array(wide * height * 4);
  for (const [i, column] of columns.entries())
    for (let row = 0; row < height; row++) {
      const from = (row * across + column * (width + GAP)) * 4;
      out.set(data.subarray(from, from + width * 4), (row * wide + i * (width + GAP)) * 4);
    }
  return encode({ width: wide, height, channels: 4, depth: 8, data: out });
};
