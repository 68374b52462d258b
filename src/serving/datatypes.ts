import { fromHalf } from '../float16.ts';
import { refuse } from './refusal.ts';

/** The elements of a tensor of numbers, or of texts. */
export type Elements = Float32Array | Float64Array | Uint8Array | readonly number[] | readonly string[];

/** A datatype of the Open Inference Protocol: how its elements are read, from binary data (little-endian) and from JSON. */
interface Datatype {
  /** Bytes of an element; texts have lengths of their own. */
  readonly bytes?: number;
  /** Reads `count` elements from bytes that are aligned. */
  readonly binary: (bytes: Uint8Array, count: number, name: string) => Elements;
  /** Reads one element; undefined if it is none. */
  readonly json: (value: unknown) => number | string | undefined;
  /** Makes a list of elements from JSON what `binary` returns; by default it stays a list. */
  readonly pack?: (values: readonly number[]) => Elements;
}

const whole = (least: number, most: number) => (value: unknown) =>
  typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most ? value : undefined;

// JSON has no NaN, which stands for a missing value.
const float = (value: unknown) => (value === null ? NaN : typeof value === 'number' ? value : undefined);

const integer = (
  make: (buffer: ArrayBufferLike) => ArrayLike<number> & { readonly BYTES_PER_ELEMENT: number },
  least: number,
  most: number,
): Datatype => ({
  bytes: make(new ArrayBuffer(0)).BYTES_PER_ELEMENT,
  binary: ({ buffer }) => Array.from(make(buffer)),
  json: whole(least, most),
});

const long = (make: (buffer: ArrayBufferLike) => BigInt64Array | BigUint64Array, least: number): Datatype => ({
  bytes: 8,
  binary: ({ buffer }, _, name) =>
    Array.from(make(buffer), (value) => {
      const number = Number(value);
      if (!Number.isSafeInteger(number))
        throw refuse(
          `${name}: expected whole numbers up to ${Number.MAX_SAFE_INTEGER}, got ${value}; send smaller ones`,
        );
      return number;
    }),
  json: whole(least, Number.MAX_SAFE_INTEGER),
});

/** Reads texts, each behind its length in four bytes. */
const readTexts = (bytes: Uint8Array, count: number, name: string): readonly string[] => {
  const view = new DataView(bytes.buffer);
  const found: string[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    const from = at + 4;
    at = from <= bytes.length ? from + view.getUint32(at, true) : Infinity;
    if (at > bytes.length)
      throw refuse(`${name}: expected ${count} texts, each behind its length in 4 bytes, got ${i}; send them all`);
    found.push(new TextDecoder().decode(bytes.subarray(from, at)));
  }
  if (at !== bytes.length) throw refuse(`${name}: expected ${at} bytes of texts, got ${bytes.length}; send as many`);
  return found;
};

/** The datatypes that inputs may have; not BF16, which neither JavaScript nor NumPy has. */
const DATATYPES: Readonly<Record<string, Datatype>> = {
  BOOL: {
    bytes: 1,
    binary: (bytes) => Array.from(bytes, (byte) => Number(byte !== 0)),
    json: (value) => (typeof value === 'boolean' ? Number(value) : whole(0, 1)(value)),
  },
  UINT8: { bytes: 1, binary: (bytes) => bytes, json: whole(0, 255), pack: (values) => Uint8Array.from(values) },
  UINT16: integer((buffer) => new Uint16Array(buffer), 0, 2 ** 16 - 1),
  UINT32: integer((buffer) => new Uint32Array(buffer), 0, 2 ** 32 - 1),
  UINT64: long((buffer) => new BigUint64Array(buffer), 0),
  INT8: integer((buffer) => new Int8Array(buffer), -128, 127),
  INT16: integer((buffer) => new Int16Array(buffer), -(2 ** 15), 2 ** 15 - 1),
  INT32: integer((buffer) => new Int32Array(buffer), -(2 ** 31), 2 ** 31 - 1),
  INT64: long((buffer) => new BigInt64Array(buffer), -Number.MAX_SAFE_INTEGER),
  FP16: {
    bytes: 2,
    binary: ({ buffer }) => Float32Array.from(new Uint16Array(buffer), fromHalf),
    json: float,
    pack: (values) => Float32Array.from(values),
  },
  FP32: {
    bytes: 4,
    binary: ({ buffer }) => new Float32Array(buffer),
    json: float,
    pack: (values) => Float32Array.from(values),
  },
  FP64: {
    bytes: 8,
    binary: ({ buffer }) => new Float64Array(buffer),
    json: float,
    pack: (values) => Float64Array.from(values),
  },
  BYTES: { binary: readTexts, json: (value) => (typeof value === 'string' ? value : undefined) },
};

const datatypeOf = (name: string, datatype: string): Datatype => {
  const found = Object.hasOwn(DATATYPES, datatype) ? DATATYPES[datatype] : undefined;
  if (found) return found;
  const known = Object.keys(DATATYPES).join(', ');
  throw refuse(`${name}: expected one of the datatypes ${known}, got ${datatype}; send one of these`);
};

/** Reads a tensor of `count` elements from its binary data. @throws Refusal if these are other elements. */
export const fromBinary = (name: string, datatype: string, count: number, data: Uint8Array): Elements => {
  const { bytes: size, binary } = datatypeOf(name, datatype);
  if (size !== undefined && data.length !== count * size)
    throw refuse(`${name}: expected ${count * size} bytes for its shape, got ${data.length}; send as many`);
  // A copy of its own: in the body, elements need not be aligned.
  return binary(new Uint8Array(data), count, name);
};

/** Reads a tensor of `count` elements from its `data` in JSON, flat or nested. @throws Refusal if these are other elements. */
export const fromJson = (name: string, datatype: string, count: number, data: unknown): Elements => {
  const { json, pack } = datatypeOf(name, datatype);
  const given: readonly unknown[] = Array.isArray(data) ? data.flat(Infinity) : [data];
  if (given.length !== count)
    throw refuse(`${name}: expected ${count} elements for its shape, got ${given.length}; send as many`);
  const values = given.map((value) => {
    const read = json(value);
    if (read !== undefined) return read;
    throw refuse(`${name}: expected elements of ${datatype}, got ${JSON.stringify(value)}; correct them`);
  });
  // Of one kind, as `json` of a datatype returns them.
  return pack ? pack(values as number[]) : (values as number[] | string[]);
};
