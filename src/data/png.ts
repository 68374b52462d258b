import { promisify } from 'node:util';
import { inflate } from 'node:zlib';
import { InvalidFile } from '../errors.ts';
import { codeOf } from '../files/whole.ts';
import { readBytes } from './files.ts';
import { orientationOf, upright } from './images/orientation.ts';
import { checkSize, converted, type Channels, type Pixels } from './images/pixels.ts';

export type { Pixels } from './images/pixels.ts';

/**
 * Reads the image in a PNG file, in this many channels: grey from colours as luma (ITU-R BT.601), colours from grey as three
 * equal ones, alpha composited over black. By default its own channels (grey with alpha becomes grey). Throws an `InvalidFile`.
 */
export const readPng = async (path: string, channels?: Channels): Promise<Pixels> =>
  decodePng(path, await readBytes(path, 'a PNG file', 'correct the path'), channels);

/** The same from a file's bytes. */
export const decodePng = async (path: string, bytes: Uint8Array, channels?: Channels): Promise<Pixels> => {
  const { decode, convertIndexedToRgb } = await import('fast-png');
  try {
    const { image, orientation } = await plain(path, bytes);
    const png = decode(image, { checkCrc: true });
    const { width, height, palette } = png;
    const depth = png.depth === 16 ? 16 : 8;
    const from = palette?.[0]?.length ?? png.channels;
    const data =
      palette !== undefined
        ? convertIndexedToRgb(png)
        : png.depth < 8
          ? unpack(png.data, width, height, png.depth)
          : png.data;
    if (data.length !== width * height * from) throw new Error(`${data.length} values`);
    const own = depth === 16 ? Uint16Array.from(data) : Uint8Array.from(data);
    return upright(converted({ shape: [height, width, from], depth, data: own }, channels), orientation);
  } catch (error) {
    if (error instanceof InvalidFile) throw error;
    throw new InvalidFile(
      `${path}: expected a PNG file, got one that cannot be read (${codeOf(error)}); save the image again as PNG`,
    );
  }
};

/** The chunks that make up an image; all others, however large they unpack, are dropped. */
const NEEDED = new Set(['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND']);
const SIGNATURE = 8;

/**
 * Returns a PNG file with nothing but its image, whose pixels are verified to be no more than its header declares; and its
 * orientation. Reporting damage is left to the decoder.
 */
const plain = async (path: string, bytes: Uint8Array): Promise<{ image: Uint8Array; orientation: number }> => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const kept: Uint8Array[] = [bytes.subarray(0, SIGNATURE)];
  const packed: Uint8Array[] = [];
  let [orientation, most] = [1, 0];
  for (let at = SIGNATURE; at + 12 <= bytes.length;) {
    const length = view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const body = bytes.subarray(at + 8, at + 8 + length);
    if (type === 'IHDR' && length === 13) {
      checkSize(path, view.getUint32(at + 8), view.getUint32(at + 12));
      most = pixelBytes(view, at + 8);
    }
    if (type === 'acTL')
      throw new InvalidFile(`${path}: expected an image, got an animation; save one of its pictures as PNG`);
    if (type === 'eXIf') orientation = orientationOf(body);
    if (type === 'IDAT') packed.push(body);
    if (NEEDED.has(type)) kept.push(bytes.subarray(at, at + 12 + length));
    at += 12 + length;
    if (at > bytes.length) return { image: bytes, orientation };
  }
  await checkPixels(path, Buffer.concat(packed), most);
  return { image: Buffer.concat(kept), orientation };
};

/**
 * Returns the number of bytes of the filtered rows of an image, as its header declares them: of seven passes, if it is
 * interlaced.
 */
const pixelBytes = (view: DataView, at: number): number => {
  const [width, height] = [view.getUint32(at), view.getUint32(at + 4)];
  const samples = [1, 0, 3, 1, 2, 0, 4][view.getUint8(at + 9)] ?? 4;
  const bits = samples * view.getUint8(at + 8);
  const rows = (across: number, down: number): number => (across > 0 ? down * (1 + Math.ceil((across * bits) / 8)) : 0);
  if (view.getUint8(at + 12) === 0) return rows(width, height);
  return ADAM7.reduce(
    (sum, [x, y, dx, dy]) => sum + rows(Math.ceil((width - x) / dx), Math.max(0, Math.ceil((height - y) / dy))),
    0,
  );
};

/** The start of each pass of an interlaced image, and its steps. */
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** Refuses pixels that unpack to more than the header allows. */
const checkPixels = async (path: string, packed: Uint8Array, most: number): Promise<void> => {
  // A few more, so that a slight excess is reported by the decoder.
  await promisify(inflate)(packed, { maxOutputLength: most + 64 }).catch((error: unknown) => {
    if (codeOf(error) === 'ERR_BUFFER_TOO_LARGE')
      throw new InvalidFile(
        `${path}: expected a PNG file, got one that unpacks to more than the ${most} bytes of its size; save the image again as PNG`,
      );
  });
};

/** Unpacks grey values of 1, 2 or 4 bits, with rows starting at bytes, to bytes from 0 to 255. */
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
