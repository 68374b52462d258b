import type { Raster } from './augmentation.ts';

/** Pixels of bytes stay what bytes can be: multiples of 1 / 255. */
const BYTE = 255;

/** Whether all pixels of an image are those of bytes. */
export const areOfBytes = (values: Float32Array): boolean => {
  for (let i = 0; i < values.length; i++) {
    const byte = (values[i] ?? 0) * BYTE;
    if (Math.abs(byte - Math.round(byte)) > 1e-4) return false;
  }
  return true;
};

/** Rounds pixels to those of bytes. */
export const roundToBytes = (values: Float32Array): void => {
  for (let i = 0; i < values.length; i++) values[i] = Math.round((values[i] ?? 0) * BYTE) / BYTE;
};

/** Where a coordinate comes from along one axis: of each place the place before, or −1 for one from outside. */
export type Places = Int32Array;

/** Returns the places of an axis that a function moves; from beyond the edge they come from the edge, or from outside. */
export const places = (length: number, from: (place: number) => number, outside: boolean): Places =>
  Int32Array.from({ length }, (_, place) => {
    const before = from(place);
    return before >= 0 && before < length ? before : outside ? -1 : clamp(before, length - 1);
  });

/** Moves whole pixels: each comes from these rows and columns, or is `outside`. Classes and masks are never from outside. */
export const move = ({ values, shape }: Raster, rows: Places, columns: Places, outside = 0): void => {
  const [height, width, channels] = shape;
  const before = values.slice();
  for (let row = 0, at = 0; row < height; row++) {
    const v = rows[row] ?? 0;
    for (let column = 0; column < width; column++) {
      const u = columns[column] ?? 0;
      const from = (v * width + u) * channels;
      for (let c = 0; c < channels; c++, at++) values[at] = v < 0 || u < 0 ? outside : (before[from + c] ?? 0);
    }
  }
};

/** An affine map of pixels: a pixel at [row, column] was at [a·row + b·column + c, d·row + e·column + f]. */
export type Affine = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

/**
 * Moves the pixels of an image by an affine map: a pixel becomes the bilinear mixture of the four around the place where it was; of
 * classes and masks the nearest. What is beyond the edge is like the edge, or has this value.
 */
export const warp = (raster: Raster, map: Affine, outside?: number): void => {
  const { values, arePixels } = raster;
  const before = values.slice();
  if (!arePixels) return nearest(raster, before, map);
  bilinear(raster, before, map, outside);
  if (areOfBytes(before)) roundToBytes(values);
};

const nearest = ({ values, shape: [height, width, channels] }: Raster, before: Float32Array, map: Affine): void => {
  const [a, b, c, d, e, f] = map;
  for (let row = 0, at = 0; row < height; row++)
    for (let column = 0; column < width; column++) {
      const v = clamp(Math.round(a * row + b * column + c), height - 1);
      const u = clamp(Math.round(d * row + e * column + f), width - 1);
      const from = (v * width + u) * channels;
      for (let k = 0; k < channels; k++, at++) values[at] = before[from + k] ?? 0;
    }
};

const bilinear = (
  { values, shape: [height, width, channels] }: Raster,
  before: Float32Array,
  [a, b, c, d, e, f]: Affine,
  outside: number | undefined,
): void => {
  const fill = outside ?? 0;
  const isEdge = outside === undefined;
  for (let row = 0, at = 0; row < height; row++)
    for (let column = 0; column < width; column++) {
      const [v, u] = [a * row + b * column + c, d * row + e * column + f];
      const [top, left] = [Math.floor(v), Math.floor(u)];
      const [down, across] = [v - top, u - left];
      const [above, below] = [clamp(top, height - 1), clamp(top + 1, height - 1)];
      const [near, far] = [clamp(left, width - 1), clamp(left + 1, width - 1)];
      const [hasTop, hasBottom] = [isEdge || above === top, isEdge || below === top + 1];
      const [hasLeft, hasRight] = [isEdge || near === left, isEdge || far === left + 1];
      for (let k = 0; k < channels; k++, at++) {
        const p = hasTop && hasLeft ? (before[(above * width + near) * channels + k] ?? 0) : fill;
        const q = hasTop && hasRight ? (before[(above * width + far) * channels + k] ?? 0) : fill;
        const r = hasBottom && hasLeft ? (before[(below * width + near) * channels + k] ?? 0) : fill;
        const s = hasBottom && hasRight ? (before[(below * width + far) * channels + k] ?? 0) : fill;
        const upper = p + across * (q - p);
        values[at] = upper + down * (r + across * (s - r) - upper);
      }
    }
};

const clamp = (value: number, most: number): number => Math.min(most, Math.max(0, value));
