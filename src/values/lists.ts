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

/** Whether a value is an array, or a typed array. */
export const isList = (value: unknown): value is ArrayLike<unknown> =>
  Array.isArray(value) || typedKind(value) !== undefined;

/** Whether a value is an array of bytes from 0 to 255. */
export const isBytes = (value: unknown): value is Uint8Array | Uint8ClampedArray =>
  typedKind(value)?.startsWith('Uint8') === true;

/** Whether a value is an array of floating-point numbers. */
export const isFloats = (value: unknown): value is Float32Array | Float64Array =>
  typedKind(value)?.startsWith('Float') === true;
