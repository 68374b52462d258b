import type { NpyArray } from './npy-array.ts';

const TYPES: Readonly<Record<string, string>> = {
  Uint8Array: '|u1',
  Int32Array: '<i4',
  Float32Array: '<f4',
  Float64Array: '<f8',
};

/**
 * Returns the bytes with which a `.npy` file, version 1.0, of such numbers and this shape begins: their number is a multiple of 64. The
 * numbers follow in little-endian order (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html).
 */
export const npyHead = (data: NpyArray['data'], shape: readonly number[]): Uint8Array => {
  const kind = Object.prototype.toString.call(data).slice(8, -1);
  const type = TYPES[kind];
  if (type === undefined) throw new RangeError(`no array of NumPy is written of ${kind}`);
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const about = `{'descr': '${type}', 'fortran_order': False, 'shape': (${sizes}), }`;
  const length = Math.ceil((about.length + 11) / 64) * 64;
  const header = `${about.padEnd(length - 11)}\n`;
  const bytes = new Uint8Array(length);
  bytes.set([0x93, ...new TextEncoder().encode('NUMPY'), 1, 0]);
  new DataView(bytes.buffer).setUint16(8, header.length, true);
  bytes.set(new TextEncoder().encode(header), 10);
  return bytes;
};

/** Returns the bytes of numbers in little-endian order, in which everything that runs JavaScript holds them. */
export const npyBytes = (data: NpyArray['data']): Uint8Array => {
  if (!ArrayBuffer.isView(data)) throw new RangeError('no array of NumPy is written of a list');
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
};

/** Returns the bytes of a `.npy` file. */
export const npyOf = ({ data, shape }: NpyArray): Uint8Array => {
  const [head, numbers] = [npyHead(data, shape), npyBytes(data)];
  const bytes = new Uint8Array(head.length + numbers.length);
  bytes.set(head);
  bytes.set(numbers, head.length);
  return bytes;
};
