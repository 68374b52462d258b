import { encode } from 'fast-png';
import { readImage as readFile } from '../data/images/read-image.ts';
import { InvalidData } from '../errors.ts';
import type { Picture } from '../runtime/picture.ts';
import type { ReadImage } from './conditions.ts';

/** Encodes a picture as a PNG file, each pixel drawn as a square of `scale` by `scale`. */
export const encodePng = (picture: Picture, scale = 1): Uint8Array => {
  const { width, height, channels, data } = enlarged(picture, scale);
  return encode({ width, height, channels, data: new Uint8Array(data.buffer), depth: 8 });
};

/** Returns a picture with each pixel drawn as a square of `scale` by `scale`. */
export const enlarged = (picture: Picture, scale: number): Picture => {
  if (scale === 1) return picture;
  const { channels } = picture;
  const [width, height] = [picture.width * scale, picture.height * scale];
  const data = new Uint8ClampedArray(width * height * channels);
  let at = 0;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const from = (Math.floor(y / scale) * picture.width + Math.floor(x / scale)) * channels;
      for (let c = 0; c < channels; c++) data[at++] = picture.data[from + c] ?? 0;
    }
  return { width, height, channels, data };
};

/**
 * Reads a PNG, JPEG or WebP file as the value of an image condition. @throws InvalidFile or InvalidData if it is not an image of
 * that size.
 */
export const readImage: ReadImage = async (path, name, { shape }) => {
  const [height = 0, width = 0, channels = 1] = shape;
  if (channels !== 1 && channels !== 3 && channels !== 4)
    throw new InvalidData(
      `${name}: expected an image of 1, 3 or 4 channels to read it from a file, got ${channels}; call sample() of cvae-compile/runtime`,
    );
  const pixels = await readFile(path, channels);
  if (pixels.shape[0] !== height || pixels.shape[1] !== width)
    throw new InvalidData(
      `${name}: expected ${width} × ${height} pixels, got ${pixels.shape[1]} × ${pixels.shape[0]} in ${path}; resize the image`,
    );
  if (Math.max(0, ...new Set(pixels.data)) === 1)
    throw new InvalidData(
      `${name}: expected pixels from 0 to ${2 ** pixels.depth - 1}, got those of ${path}, which are 0 and 1 alone; save them as black and white`,
    );
  return Float32Array.from(pixels.data, (value) => value / (2 ** pixels.depth - 1));
};
