import { ELEMENT, dtypeOfCode, type DType } from './dtype.ts';
import type { ExternalFile } from './external.ts';
import { sizeOf, type OnnxTensor } from './graph.ts';
import { onnx } from './proto/onnx.js';

type Proto = onnx.TensorProto.$Properties;

/** A tensor as a file holds it: as raw bytes, as numbers, or in another file. `fail` throws what is wrong with it. */
export const decodeTensor = (
  proto: Proto,
  fail: (problem: string) => never,
  external: ExternalFile | undefined,
): OnnxTensor => {
  const name = proto.name || 'a tensor';
  const dtype = dtypeOfCode(proto.dataType ?? 0);
  if (!dtype)
    return fail(
      `expected tensors of a type in use, got ${name} of type ${proto.dataType ?? 0}; this file cannot be read here`,
    );
  const shape = (proto.dims ?? []).map(Number);
  const length = sizeOf(shape);
  if (!Number.isSafeInteger(length) || shape.some((axis) => axis < 0))
    return fail(`expected ${name} to have a shape, got [${shape.join(', ')}]; export it again`);
  const wrong = (got: number): never =>
    fail(`expected ${length * ELEMENT[dtype].bytes} bytes for ${name}, got ${got}; export it again`);

  if (proto.dataLocation === onnx.TensorProto.DataLocation.EXTERNAL)
    return tensorOfBytes(dtype, shape, readExternal(proto, name, fail, external), wrong);
  if (proto.rawData?.length) return tensorOfBytes(dtype, shape, proto.rawData, wrong);
  const data = elements(proto, dtype);
  if (data.byteLength !== length * ELEMENT[dtype].bytes) return wrong(data.byteLength);
  return tensorOfBytes(dtype, shape, new Uint8Array(data.buffer, data.byteOffset, data.byteLength), wrong);
};

const readExternal = (
  proto: Proto,
  name: string,
  fail: (problem: string) => never,
  external: ExternalFile | undefined,
): Uint8Array => {
  const entries = new Map((proto.externalData ?? []).map(({ key, value }) => [key, value ?? '']));
  const location = entries.get('location') ?? '';
  const offset = Number(entries.get('offset') ?? 0);
  const length = Number(entries.get('length') ?? NaN);
  // A file may only name its neighbours: anything else could read what its author has no business with.
  if (
    !/^[^/\\:]+$/.test(location) ||
    location === '..' ||
    !Number.isSafeInteger(offset) ||
    !Number.isSafeInteger(length)
  )
    return fail(`expected ${name} in a file beside this one, got "${location}"; export it again`);
  if (!external) return fail(`expected ${name} within the file, got one kept in ${location}; give that file too`);
  return external(location, offset, length);
};

const tensorOfBytes = (
  dtype: DType,
  shape: readonly number[],
  bytes: Uint8Array,
  wrong: (got: number) => never,
): OnnxTensor => {
  if (bytes.length !== sizeOf(shape) * ELEMENT[dtype].bytes) return wrong(bytes.length);
  // A copy: within the file the bytes need not stand where an array of wider elements may begin.
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

/** The elements where they are written as numbers: several types share a field. */
const elements = (proto: Proto, dtype: DType): ArrayBufferView => {
  switch (dtype) {
    case 'float32':
      return Float32Array.from(proto.floatData ?? []);
    case 'float64':
      return Float64Array.from(proto.doubleData ?? []);
    case 'int64':
      return BigInt64Array.from(proto.int64Data ?? [], (value) => BigInt(value.toString()));
    case 'float16':
      return Uint16Array.from(proto.int32Data ?? []);
    case 'int8':
      return Int8Array.from(proto.int32Data ?? []);
    case 'int32':
      return Int32Array.from(proto.int32Data ?? []);
    case 'uint8':
    case 'bool':
      return Uint8Array.from(proto.int32Data ?? []);
  }
};
