/**
 * Lists of numbers, also those of another realm (an iframe's, a `vm` context's, such as a test runner's), whose typed arrays are
 * no instances of this realm's classes.
 */

/** What kind of typed array a value is, such as `Float32Array`; undefined for all else, a DataView among it. */
export const typedKind = (value: unknown): string | undefined => {
  if (!ArrayBuffer.isView(value)) return undefined;
  const kind = Object.prototype.toString.call(value).slice(8, -1);
  return kind === 'DataView' ? undefined : kind;
};

/** This realm's arrays of numbers by their kind; what has half the precision of a Float32Array is one. */
const KINDS = {
  Float16Array: Float32Array,
  Float32Array,
  Float64Array,
  Int8Array,
  Int16Array,
  Int32Array,
  Uint8Array,
  Uint8ClampedArray,
  Uint16Array,
  Uint32Array,
};

/** A typed array of numbers. */
export type NumberList =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint8Array
  | Uint8ClampedArray
  | Uint16Array
  | Uint32Array;

const classOf = (value: unknown) => Object.entries(KINDS).find(([kind]) => kind === typedKind(value))?.[1];

/** Whether a value is a typed array of numbers, of any realm; bigints are none. */
export const isNumberList = (value: unknown): boolean => classOf(value) !== undefined;

/** A typed array of numbers as one of this realm: itself, where it is one already. Undefined for all else, bigints among it. */
export const ownList = (value: unknown): NumberList | undefined => {
  const own = classOf(value);
  // By its kind, it holds numbers.
  return own && (value instanceof own ? value : new own(value as ArrayLike<number>));
};

/** The same of a list of float32 alone. */
export const ownFloats = (value: unknown): Float32Array | undefined => {
  const own = typedKind(value) === 'Float32Array' ? ownList(value) : undefined;
  return own instanceof Float32Array ? own : undefined;
};

/** A new list of zeros, of this realm and of the same kind as another. (Not by `slice`: a Buffer's shares its memory.) */
export const zerosLike = (list: ArrayBufferView, length: number): NumberList =>
  new (classOf(list) ?? Float64Array)(length);

/** Whether a value is an array, or a typed array. */
export const isList = (value: unknown): value is ArrayLike<unknown> =>
  Array.isArray(value) || typedKind(value) !== undefined;

/** Whether a value is an array of bytes from 0 to 255. */
export const isBytes = (value: unknown): value is Uint8Array | Uint8ClampedArray =>
  typedKind(value)?.startsWith('Uint8') === true;

/** Whether a value is an array of floating-point numbers. */
export const isFloats = (value: unknown): value is Float32Array | Float64Array =>
  typedKind(value)?.startsWith('Float') === true;
