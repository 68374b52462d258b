import type { NpyArray } from './npy-array.ts';

const TYPES: Readonly<Record<string, string>> = {
  Uint8Array: '|u1',
  Int32Array: '<i4',
  Float32Array: '<f4',
  Float64Array: '<f8',
};

/**
 * Returns the bytes of a `.npy` file, version 1.0: a header of a length that is a multiple of 64, then numbers in little-endian order
 * (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html).
 */
export const npyOf = ({ data, shape }: NpyArray): Uint8Array => {
  const kind = Object.prototype.toString.call(data).slice(8, -1);
  const type = TYPES[kind];
  if (type === undefined || !ArrayBuffer.isView(data)) throw new RangeError(`no array of NumPy is written of ${kind}`);
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const about = `{'descr': '${type}', 'fortran_order': False, 'shape': (${sizes}), }`;
  const length = Math.ceil((about.length + 11) / 64) * 64;
  const header = `${about.padEnd(length - 11)}\n`;
  const bytes = new Uint8Array(length + data.byteLength);
  bytes.set([0x93, ...new TextEncoder().encode('NUMPY'), 1, 0]);
  new DataView(bytes.buffer).setUint16(8, header.length, true);
  bytes.set(new TextEncoder().encode(header), 10);
  // Everything that runs JavaScript holds numbers in this order.
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), length);
  return bytes;
};
