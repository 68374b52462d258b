import type { Raster } from './augmentation.ts';

/** Pixels of bytes stay what bytes can be: multiples of 1 / 255. */
const BYTE = 255;

/** Returns a function that rounds new pixels to those of bytes, if all pixels of an image are such. */
export const roundingOf = (values: Float32Array): ((value: number) => number) => {
  const areBytes = values.every((value) => Math.abs(value * BYTE - Math.round(value * BYTE)) < 1e-4);
  return areBytes ? (value) => Math.round(value * BYTE) / BYTE : (value) => value;
};

/**
 * Moves the pixels of an image: a pixel becomes what was at [row, column], between pixels a bilinear mixture of the four around; of
 * classes and masks the nearest. What is beyond the edge is like the edge, or has this value.
 */
export const warp = (
  { values, shape, arePixels }: Raster,
  from: (row: number, column: number) => readonly [row: number, column: number],
  outside?: number,
): void => {
  const [height, width, channels] = shape;
  const before = values.slice();
  const round = arePixels ? roundingOf(before) : (value: number): number => value;
  const at = (row: number, column: number, channel: number): number => {
    const isInside = row >= 0 && row < height && column >= 0 && column < width;
    if (!isInside && outside !== undefined && arePixels) return outside;
    const [v, u] = [clamp(row, height - 1), clamp(column, width - 1)];
    return before[(v * width + u) * channels + channel] ?? 0;
  };
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++) {
      const [v, u] = from(row, column);
      const [top, left] = arePixels ? [Math.floor(v), Math.floor(u)] : [Math.round(v), Math.round(u)];
      const [down, across] = arePixels ? [v - top, u - left] : [0, 0];
      for (let c = 0; c < channels; c++) {
        const upper = mix(at(top, left, c), across === 0 ? 0 : at(top, left + 1, c), across);
        const lower = down === 0 ? 0 : mix(at(top + 1, left, c), across === 0 ? 0 : at(top + 1, left + 1, c), across);
        values[(row * width + column) * channels + c] =
          down === 0 && across === 0 ? upper : round(mix(upper, lower, down));
      }
    }
};

const mix = (a: number, b: number, share: number): number => (share === 0 ? a : a + share * (b - a));

const clamp = (value: number, most: number): number => Math.min(most, Math.max(0, value));
