import { changeParts, withTransform, type Column, type Dataset } from 'cvae-compile/data';
import type { Quadrants } from './settings.ts';

/** The side of a digit, in pixels. */
export const SIDE = 28;

/** Whether a pixel of a digit, row after row, is seen: in the bottom left quarter, the left half, or not in the bottom right. */
export const isSeen = (pixel: number, quadrants: Quadrants): boolean => {
  const left = pixel % SIDE < SIDE / 2;
  const bottom = pixel >= (SIDE * SIDE) / 2;
  return quadrants === 1 ? left && bottom : quadrants === 2 ? left : left || !bottom;
};

/** Which pixels of a digit are seen and which are missing, in their order. */
export const pixelsOf = (
  quadrants: Quadrants,
): { readonly seen: readonly number[]; readonly missing: readonly number[] } => {
  const all = Array.from({ length: SIDE * SIDE }, (_, i) => i);
  return { seen: all.filter((i) => isSeen(i, quadrants)), missing: all.filter((i) => !isSeen(i, quadrants)) };
};

/**
 * A change to a dataset of digits: the condition `x` is the seen pixels in a row, [1, n, 1], and `y` the missing ones, [1, m, 1]. The same
 * task as whole images with a mask, with fewer weights to train: none for pixels that are always 0 or do not count. What changes
 * whole digits as batches are made continues to do so.
 */
export const inVectors =
  (quadrants: Quadrants) =>
  (dataset: Dataset): Dataset =>
    changeParts(dataset, ({ transforms = [], ...examples }) => {
      const { y, ...others } = examples.columns;
      if (!y) throw new Error('quadrants: expected digits as y');
      const { seen, missing } = pixelsOf(quadrants);
      const vectors = {
        ...examples,
        columns: { ...others, x: picked(y, examples.count, seen), y: picked(y, examples.count, missing) },
      };
      if (transforms.length === 0) return vectors;
      const digit = new Float32Array(SIDE * SIDE);
      return withTransform(vectors, ({ x, y }, at) => {
        if (!x || !y) return;
        for (const [i, pixel] of seen.entries()) digit[pixel] = x[i] ?? 0;
        for (const [i, pixel] of missing.entries()) digit[pixel] = y[i] ?? 0;
        for (const change of transforms) change({ y: digit }, at);
        for (const [i, pixel] of seen.entries()) x[i] = digit[pixel] ?? 0;
        for (const [i, pixel] of missing.entries()) y[i] = digit[pixel] ?? 0;
      });
    });

/** These pixels of each digit. */
const picked = ({ data, scale }: Column, count: number, pixels: readonly number[]): Column => {
  // Of the same kind: bytes stay bytes.
  const values = data.slice(0, count * pixels.length);
  for (let row = 0, at = 0; row < count; row++)
    for (const pixel of pixels) values[at++] = data[row * SIDE * SIDE + pixel] ?? 0;
  return { shape: [1, pixels.length, 1], data: values, scale };
};
