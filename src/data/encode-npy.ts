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
  const view = new DataView(bytes.buffer);
  bytes.set([0x93, ...new TextEncoder().encode('NUMPY'), 1, 0]);
  view.setUint16(8, header.length, true);
  bytes.set(new TextEncoder().encode(header), 10);
  for (const [i, value] of data.entries()) {
    const at = length + i * data.BYTES_PER_ELEMENT;
    if (kind === 'Uint8Array') view.setUint8(at, value);
    else if (kind === 'Int32Array') view.setInt32(at, value, true);
    else if (kind === 'Float64Array') view.setFloat64(at, value, true);
    else view.setFloat32(at, value, true);
  }
  return bytes;
};
