import { InvalidFile } from '../errors.ts';
import { show } from '../shape/show.ts';
import { size } from '../shape/size.ts';
import { gunzip, isGzip } from './gzip.ts';
import { readBytes } from './files.ts';

/** An array in an IDX file; the first axis counts the examples. */
export interface Idx {
  readonly shape: readonly number[];
  readonly data: Uint8Array | Int32Array | Float32Array;
}

const REMEDY = 'get the file again';

/** Reads the array in an IDX file, gzipped or not. Throws an `InvalidFile` for anything else. */
export const readIdx = async (path: string, remedy = REMEDY): Promise<Idx> => {
  const bytes = await readBytes(path, 'an IDX file', remedy);
  return decodeIdx(await unpackIdx(bytes, path, remedy), path, remedy);
};

/** Unpacks an IDX file that may be gzipped: as many bytes as its header declares, and one more if there are more. */
export const unpackIdx = async (bytes: Uint8Array, name: string, remedy: string): Promise<Uint8Array> =>
  isGzip(bytes) || name.endsWith('.gz')
    ? gunzip(bytes, name, remedy, (start) => {
        const { whole } = headerOf(start) ?? { whole: start.length };
        if (whole > LARGEST)
          throw new InvalidFile(
            `${name}: expected at most ${LARGEST} bytes, got a header for ${whole}; split the file`,
          );
        return whole;
      })
    : bytes;

/** The largest number of bytes that is read at once. */
const LARGEST = 2 ** 31;

/** Reads the header of an IDX file: its type, the lengths of its axes, the offset of its data, and its length in bytes. */
const headerOf = (bytes: Uint8Array) => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4) return undefined;
  const magic = view.getUint32(0);
  const type = TYPES[(magic >>> 8) & 0xff];
  const axes = magic & 0xff;
  const start = 4 + 4 * axes;
  if (magic >>> 16 !== 0 || type === undefined || axes === 0 || bytes.length < start) return undefined;
  const shape = Array.from({ length: axes }, (_, axis) => view.getUint32(4 + 4 * axis));
  return { type, shape, start, whole: start + size(shape) * type.bytes };
};

interface Type {
  readonly bytes: number;
  readonly read: (view: DataView, at: number) => number;
  readonly array: (length: number) => Uint8Array | Int32Array | Float32Array;
}

const integers = (length: number): Int32Array => new Int32Array(length);
const floats = (length: number): Float32Array => new Float32Array(length);

const UNSIGNED: Type = { bytes: 1, read: (view, at) => view.getUint8(at), array: (length) => new Uint8Array(length) };

// Numbers are big-endian.
const TYPES: Readonly<Record<number, Type>> = {
  0x08: UNSIGNED,
  0x09: { bytes: 1, read: (view, at) => view.getInt8(at), array: integers },
  0x0b: { bytes: 2, read: (view, at) => view.getInt16(at), array: integers },
  0x0c: { bytes: 4, read: (view, at) => view.getInt32(at), array: integers },
  0x0d: { bytes: 4, read: (view, at) => view.getFloat32(at), array: floats },
  0x0e: { bytes: 8, read: (view, at) => view.getFloat64(at), array: floats },
};

/**
 * Decodes the bytes of an IDX file (Yann LeCun's format for MNIST): two zeros, a type, the number of axes, their lengths as
 * 32-bit integers, the elements. Throws an `InvalidFile` if the bytes are not exactly that.
 */
export const decodeIdx = (bytes: Uint8Array, name: string, remedy = REMEDY): Idx => {
  const wrong = (expected: string, got: string): InvalidFile =>
    new InvalidFile(`${name}: expected ${expected}, got ${got}; ${remedy}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4) throw wrong('an IDX file', `${bytes.length} bytes`);
  const magic = view.getUint32(0);
  const type = TYPES[(magic >>> 8) & 0xff];
  const axes = magic & 0xff;
  if (magic >>> 16 !== 0 || type === undefined || axes === 0)
    throw wrong('an IDX file', `one that begins with 0x${magic.toString(16).padStart(8, '0')}`);
  const start = 4 + 4 * axes;
  if (bytes.length < start)
    throw wrong(`an IDX file with ${axes} axes`, `one that ends within its first ${start} bytes`);
  const { shape, whole } = headerOf(bytes) ?? { shape: [], whole: start };
  const length = size(shape);
  if (bytes.length !== whole)
    throw wrong(
      `${whole} bytes for an IDX file of shape ${show(shape)}`,
      bytes.length < whole ? `${bytes.length}, truncated` : `${bytes.length} or more, with something after its end`,
    );
  // A view and not a Buffer, whose `slice` would return a view as well.
  if (type === UNSIGNED) return { shape, data: new Uint8Array(bytes.buffer, bytes.byteOffset + start, length) };
  const data = type.array(length);
  for (let i = 0; i < length; i++) data[i] = type.read(view, start + i * type.bytes);
  return { shape, data };
};

/** Encodes an array of unsigned bytes as an IDX file. */
export const encodeIdx = (shape: readonly number[], data: Uint8Array): Uint8Array => {
  const start = 4 + 4 * shape.length;
  const bytes = new Uint8Array(start + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x0800 | shape.length);
  shape.forEach((size, axis) => view.setUint32(4 + 4 * axis, size));
  bytes.set(data, start);
  return bytes;
};
