import type { Pixels } from './pixels.ts';

/** Reads the EXIF orientation of an image: 1 is upright; 2 to 8 are the other rotations and reflections. */
export const orientationOf = (tiff: Uint8Array): number => {
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  if (tiff.length < 8) return 1;
  const little = view.getUint16(0) === 0x4949;
  const entries = view.getUint32(4, little);
  if (entries + 2 > tiff.length) return 1;
  const count = view.getUint16(entries, little);
  for (let at = entries + 2; at + 12 <= Math.min(tiff.length, entries + 2 + 12 * count); at += 12)
    if (view.getUint16(at, little) === ORIENTATION) {
      const found = view.getUint16(at + 8, little);
      return found >= 1 && found <= 8 ? found : 1;
    }
  return 1;
};

/** The orientation tag of TIFF 6.0 (page 36), which EXIF uses. */
const ORIENTATION = 0x0112;

/** Returns an image in its upright orientation. */
export const upright = (pixels: Pixels, orientation: number): Pixels => {
  const { shape, depth, data } = pixels;
  const [height, width, channels] = shape;
  if (orientation === 1) return pixels;
  const turned = orientation > 4;
  const [rows, columns] = turned ? [width, height] : [height, width];
  const out = depth === 16 ? new Uint16Array(data.length) : new Uint8Array(data.length);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const [across, down] = turned ? [row, column] : [column, row];
      const x = FROM_RIGHT.has(orientation) ? width - 1 - across : across;
      const y = FROM_BELOW.has(orientation) ? height - 1 - down : down;
      for (let c = 0; c < channels; c++)
        out[(row * columns + column) * channels + c] = data[(y * width + x) * channels + c] ?? 0;
    }
  return { shape: [rows, columns, channels], depth, data: out };
};

/** The orientations in which the file's first column is displayed at the right (at the bottom, if rotated), … */
const FROM_RIGHT = new Set([2, 3, 7, 8]);
/** … and those in which its first row is displayed at the bottom (at the right, if rotated). */
const FROM_BELOW = new Set([3, 4, 6, 7]);
