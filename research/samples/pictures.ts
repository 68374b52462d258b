import { writeFile } from 'node:fs/promises';
import { encode } from 'fast-png';

/** A picture of bytes, row by row. */
export interface Grid {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: ArrayLike<number>;
}

/** How strong edges are: the mean difference of neighbouring pixels of pictures of 28 × 28, of ink that is as bright. */
export const edges = (pixels: ArrayLike<number>): number => {
  let [between, ink] = [0, 0];
  for (let i = 0; i < pixels.length; i++) {
    const value = pixels[i] ?? 0;
    ink += value;
    if (i % 28 < 27) between += Math.abs((pixels[i + 1] ?? 0) - value);
    if (i % 784 < 756) between += Math.abs((pixels[i + 28] ?? 0) - value);
  }
  return between / ink;
};

/** Writes the first channel of a picture as a PNG. */
export const writeGrey = async (file: string, { width, height, channels, data }: Grid): Promise<void> => {
  const grey = Uint8Array.from({ length: width * height }, (_, i) => data[i * channels] ?? 0);
  await writeFile(file, encode({ width, height, channels: 1, data: grey }));
};
