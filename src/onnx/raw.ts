import { show } from '../shape/show.ts';
import { size } from '../shape/size.ts';
import { ELEMENT, dtypeOfCode, type DType } from './dtype.ts';
import type { Kept, OnnxTensor } from './graph.ts';
import { keep } from './kept.ts';
import { onnx } from './proto/onnx.js';
import type { Reading } from './reading.ts';

type Proto = onnx.TensorProto.$Properties;

/**
 * Decodes a tensor from a file, where it is stored as raw bytes, as numbers, or in another file. Of `fields`, the
 * message's own, those that hold anything else are kept.
 */
export const decodeTensor = (proto: Proto, fields: Kept, reading: Reading): OnnxTensor => {
  const { fail } = reading;
  const name = proto.name || 'a tensor';
  const dtype = dtypeOfCode(proto.dataType ?? 0);
  if (!dtype)
    return fail(
      `expected tensors of a type in use, got ${name} of type ${proto.dataType ?? 0}; convert the model to types that can`,
    );
  const shape = (proto.dims ?? []).map(Number);
  const length = size(shape);
  if (!Number.isSafeInteger(length) || shape.some((axis) => !Number.isSafeInteger(axis) || axis < 0))
    return fail(`expected ${name} to have a shape, got ${show(shape)}; export it again`);
  const { bytes, without, typed } = bytesOf(proto, dtype, name, reading);
  const expected = length * ELEMENT[dtype].bytes;
  if (bytes.length !== expected)
    return fail(`expected ${expected} bytes for ${name}, got ${bytes.length}; export it again`);
  const rest = Object.entries(fields).filter(([field]) => !['dims', 'dataType', ...without].includes(field));
  return {
    ...tensorOfBytes(dtype, shape, bytes),
    ...keep({ ...Object.fromEntries(rest), ...(typed && { typed }) }, proto.$unknowns),
  };
};

const LISTS = ['floatData', 'int32Data', 'int64Data', 'doubleData', 'uint64Data', 'stringData'] as const;

/** Returns the bytes of a tensor's elements, the fields that contain them, and whether those are lists of numbers. */
const bytesOf = (
  proto: Proto,
  dtype: DType,
  name: string,
  reading: Reading,
): { readonly bytes: Uint8Array; readonly without: readonly string[]; readonly typed?: true } => {
  const elsewhere = proto.dataLocation === onnx.TensorProto.DataLocation.EXTERNAL;
  const lists = LISTS.filter((list) => proto[list]?.length);
  if (lists.length + (proto.rawData?.length ? 1 : 0) + (elsewhere ? 1 : 0) > 1)
    return reading.fail(`expected the elements of ${name} in one place, got them in several; export it again`);
  if (elsewhere)
    return { bytes: readExternal(proto, name, reading), without: ['rawData', 'externalData', 'dataLocation'] };
  if (Object.hasOwn(proto, 'rawData') && proto.rawData && lists.length === 0)
    return { bytes: proto.rawData, without: ['rawData'] };
  const { buffer, byteOffset, byteLength } = elements(proto, dtype);
  const narrow = listOf(dtype) === 'int32Data' && wrapped(proto.int32Data ?? [], dtype);
  if (narrow !== false)
    return reading.fail(`expected the elements of ${name} to be ${dtype}, got ${narrow}; export it again`);
  return { bytes: new Uint8Array(buffer, byteOffset, byteLength), without: [listOf(dtype)], typed: true };
};

const readExternal = (proto: Proto, name: string, { fail, external }: Reading): Uint8Array => {
  const entries = new Map((proto.externalData ?? []).map(({ key, value }) => [key, value ?? '']));
  const location = entries.get('location') ?? '';
  const offset = Number(entries.get('offset') ?? 0);
  const length = Number(entries.get('length') ?? NaN);
  const isPlace = (at: number): boolean => Number.isSafeInteger(at) && at >= 0;
  // A file may only name its neighbours: any other path could read files that its author must not access.
  if (!/^[^/\\:]+$/.test(location) || location === '..' || !isPlace(offset) || !isPlace(length))
    return fail(`expected ${name} in a file next to this one, got "${location}"; export it again`);
  if (!external) return fail(`expected ${name} within the file, got one kept in ${location}; give that file too`);
  return external(location, offset, length);
};

const tensorOfBytes = (dtype: DType, shape: readonly number[], bytes: Uint8Array): OnnxTensor => {
  // A copy: within the file, the bytes need not be aligned for an array of wider elements.
  const buffer = new Uint8Array(bytes).buffer;
  switch (dtype) {
    case 'float32':
      return { dtype, shape, data: new Float32Array(buffer) };
    case 'float64':
      return { dtype, shape, data: new Float64Array(buffer) };
    case 'float16':
      return { dtype, shape, data: new Uint16Array(buffer) };
    case 'int8':
      return { dtype, shape, data: new Int8Array(buffer) };
    case 'int32':
      return { dtype, shape, data: new Int32Array(buffer) };
    case 'int64':
      return { dtype, shape, data: new BigInt64Array(buffer) };
    case 'uint8':
    case 'bool':
      return { dtype, shape, data: new Uint8Array(buffer) };
  }
};

/** Returns the field in which elements of a type are written as numbers; several types share one. */
const listOf = (dtype: DType): (typeof LISTS)[number] => {
  switch (dtype) {
    case 'float32':
      return 'floatData';
    case 'float64':
      return 'doubleData';
    case 'int64':
      return 'int64Data';
    default:
      return 'int32Data';
  }
};

/** Returns the elements of a tensor that are written as numbers. */
const elements = (proto: Proto, dtype: DType): ArrayBufferView => {
  switch (dtype) {
    case 'float32':
      return Float32Array.from(proto.floatData ?? []);
    case 'float64':
      return Float64Array.from(proto.doubleData ?? []);
    case 'int64':
      return BigInt64Array.from(proto.int64Data ?? [], (value) => BigInt(value.toString()));
    default:
      return filled(new ELEMENT[dtype].array(proto.int32Data?.length ?? 0), proto.int32Data ?? []);
  }
};

const filled = <A extends { set: (numbers: readonly number[]) => void }>(array: A, numbers: readonly number[]): A => {
  array.set(numbers);
  return array;
};

/**
 * Returns the first number that a type cannot hold, which an array of that type would wrap around, or false if there is
 * none.
 */
const wrapped = (numbers: readonly number[], dtype: DType): number | false => {
  const array = new ELEMENT[dtype].array(1);
  const held = (value: number): boolean => {
    array[0] = value;
    return array[0] === value;
  };
  return numbers.find((value) => !held(value)) ?? false;
};

/** Encodes the elements of a tensor: as numbers if they were read that way, otherwise as bytes. */
export const encodeElements = (tensor: OnnxTensor): Proto => {
  const { dtype, data, kept } = tensor;
  if (kept?.['typed'] !== true) return { rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
  if (dtype === 'int64') return { int64Data: Array.from(data, long) };
  return { [listOf(dtype)]: Array.from(data, Number) };
};

/** Returns 64 bits in the form that protobufjs takes. */
const long = (value: bigint) => ({
  low: Number(BigInt.asIntN(32, value)),
  high: Number(BigInt.asIntN(32, value >> 32n)),
  toNumber: () => Number(value),
  toString: () => String(value),
});
