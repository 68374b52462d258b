import { fromHalf } from '../float16.ts';

/** How an array's numbers are stored, little-endian: the size of one in bytes, and how it is read. */
export interface Dtype {
  readonly bytes: number;
  readonly read: (view: DataView, at: number) => number;
}

/** Decodes a bfloat16, which is the upper half of a float32. */
const bfloat = (word: number): number => {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint16(0, word);
  return view.getFloat32(0);
};

/** The number formats that a safetensors file may hold and that fit a float32, at least approximately, by their names there. */
export const DTYPES: ReadonlyMap<string, Dtype> = new Map<string, Dtype>([
  ['F32', { bytes: 4, read: (view, at) => view.getFloat32(at, true) }],
  ['F64', { bytes: 8, read: (view, at) => view.getFloat64(at, true) }],
  ['F16', { bytes: 2, read: (view, at) => fromHalf(view.getUint16(at, true)) }],
  ['BF16', { bytes: 2, read: (view, at) => bfloat(view.getUint16(at, true)) }],
  ['I64', { bytes: 8, read: (view, at) => Number(view.getBigInt64(at, true)) }],
  ['I32', { bytes: 4, read: (view, at) => view.getInt32(at, true) }],
  ['I16', { bytes: 2, read: (view, at) => view.getInt16(at, true) }],
  ['I8', { bytes: 1, read: (view, at) => view.getInt8(at) }],
  ['U64', { bytes: 8, read: (view, at) => Number(view.getBigUint64(at, true)) }],
  ['U32', { bytes: 4, read: (view, at) => view.getUint32(at, true) }],
  ['U16', { bytes: 2, read: (view, at) => view.getUint16(at, true) }],
  ['U8', { bytes: 1, read: (view, at) => view.getUint8(at) }],
  ['BOOL', { bytes: 1, read: (view, at) => view.getUint8(at) }],
]);
