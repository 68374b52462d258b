/**
 * Lists of numbers, including those of another realm (an iframe, or a `vm` context such as a test runner's), whose
 * typed arrays are not instances of this realm's classes.
 */

/** Returns the kind of a typed array, such as `Float32Array`; undefined for any other value, including a DataView. */
export const typedKind = (value: unknown): string | undefined => {
  if (!ArrayBuffer.isView(value)) return undefined;
  const kind = Object.prototype.toString.call(value).slice(8, -1);
  return kind === 'DataView' ? undefined : kind;
};

/** This realm's class for each kind of typed array of numbers; a Float16Array is converted to a Float32Array. */
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

/** Whether a value is a typed array of numbers from any realm; arrays of bigints are not. */
export const isNumberList = (value: unknown): boolean => classOf(value) !== undefined;

/**
 * Returns a typed array of numbers as one of this realm: unchanged if it is one already. Undefined for any other value,
 * including arrays of bigints.
 */
export const ownList = (value: unknown): NumberList | undefined => {
  const own = classOf(value);
  // Its kind guarantees that it holds numbers.
  return own && (value instanceof own ? value : new own(value as ArrayLike<number>));
};

/** Like `ownList`, for a Float32Array only. */
export const ownFloats = (value: unknown): Float32Array | undefined => {
  const own = typedKind(value) === 'Float32Array' ? ownList(value) : undefined;
  return own instanceof Float32Array ? own : undefined;
};

/**
 * Returns a new list of zeros, of this realm and of the same kind as `list`. (Not with `slice`: that of a Buffer shares
 * its memory.)
 */
export const zerosLike = (list: ArrayBufferView, length: number): NumberList =>
  new (classOf(list) ?? Float64Array)(length);

/** Whether a value is an array or a typed array. */
export const isList = (value: unknown): value is ArrayLike<unknown> =>
  Array.isArray(value) || typedKind(value) !== undefined;

/** Whether a value is an array of bytes from 0 to 255. */
export const isBytes = (value: unknown): value is Uint8Array | Uint8ClampedArray =>
  typedKind(value)?.startsWith('Uint8') === true;

/** Whether a value is an array of floating-point numbers. */
export const isFloats = (value: unknown): value is Float32Array | Float64Array =>
  typedKind(value)?.startsWith('Float') === true;
