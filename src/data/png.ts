import { InvalidFile } from '../errors.ts';
import { codeOf } from '../files/whole.ts';
import { readBytes } from './files.ts';

/** An image of [height, width, channels], its values from 0 to 2^depth − 1. */
export interface Pixels {
  readonly shape: readonly [height: number, width: number, channels: number];
  readonly depth: 8 | 16;
  readonly data: Uint8Array | Uint16Array;
}

/**
 * The image in a PNG file, in this many channels: grey from colours as luma (ITU-R BT.601), colours from grey as three
 * equal ones, alpha dropped over black. Unless said, its own (grey with alpha is grey). Throws an `InvalidFile`.
 */
export const readPng = async (path: string, channels?: 1 | 3 | 4): Promise<Pixels> => {
  const bytes = await readBytes(path, 'a PNG file', 'correct the path');
  const { decode, convertIndexedToRgb } = await import('fast-png');
  try {
    const png = decode(bytes, { checkCrc: true });
    const { width, height, palette } = png;
    const depth = png.depth === 16 ? 16 : 8;
    const from = palette?.[0]?.length ?? png.channels;
    const data =
      palette !== undefined
        ? convertIndexedToRgb(png)
        : png.depth < 8
          ? unpack(png.data, width, height, png.depth)
          : png.data;
    const to = channels ?? (from === 2 ? 1 : from);
    if (data.length !== width * height * from) throw new Error(`${data.length} values`);
    return { shape: [height, width, to], depth, data: convert(data, from, to, depth) };
  } catch (error) {
    throw new InvalidFile(
      `${path}: expected a PNG file, got one that cannot be read (${codeOf(error)}); save the image again as PNG`,
    );
  }
};

/** Grey values of 1, 2 or 4 bits, rows starting at bytes, as bytes from 0 to 255. */
const unpack = (packed: ArrayLike<number>, width: number, height: number, depth: number): Uint8Array => {
  const perByte = 8 / depth;
  const rowBytes = Math.ceil(width / perByte);
  const most = 2 ** depth - 1;
  return new Uint8Array(width * height).map((_, i) => {
    const [row, column] = [Math.floor(i / width), i % width];
    const byte = packed[row * rowBytes + Math.floor(column / perByte)] ?? 0;
    const value = (byte >> (8 - depth * ((column % perByte) + 1))) & most;
    return (value * 255) / most;
  });
};

const convert = (data: ArrayLike<number>, from: number, to: number, depth: 8 | 16): Uint8Array | Uint16Array => {
  const count = data.length / from;
  const out = depth === 16 ? new Uint16Array(count * to) : new Uint8Array(count * to);
  const most = 2 ** depth - 1;
  const opaque = from === 1 || from === 3;
  for (let i = 0; i < count; i++) {
    const at = (channel: number): number => data[i * from + channel] ?? 0;
    const alpha = opaque ? most : at(from - 1);
    // Over black, unless alpha is kept.
    const cover = to === 4 ? 1 : alpha / most;
    const [red, green, blue] = from < 3 ? [at(0), at(0), at(0)] : [at(0), at(1), at(2)];
    const grey = from < 3 ? red : 0.299 * red + 0.587 * green + 0.114 * blue;
    const values = to === 1 ? [grey * cover] : [red * cover, green * cover, blue * cover, alpha];
    for (let channel = 0; channel < to; channel++) out[i * to + channel] = Math.round(values[channel] ?? 0);
  }
  return out;
};
