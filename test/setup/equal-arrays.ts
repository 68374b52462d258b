// Loaded before each file. Vitest walks through typed arrays as through any iterable, at 4 µs for each element: weights and pictures, of
// which the tests compare millions of numbers, took longer to compare than to compute. Arrays that are the same are found so at once; for
// all others its own comparison decides, and shows what differs.
import { expect } from 'vitest';

type Typed = { readonly length: number; readonly [index: number]: unknown };
const isTyped = (value: unknown): value is Typed => ArrayBuffer.isView(value) && !(value instanceof DataView);

/** `true` for two typed arrays of one type with the same elements (NaN is NaN, 0 is not −0, as in `toEqual`), else `undefined`. */
const areSameArrays = (a: unknown, b: unknown): true | undefined => {
  if (!isTyped(a) || !isTyped(b) || a.length !== b.length) return undefined;
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return undefined;
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return undefined;
  return true;
};

// A process that runs several files adds it once.
const MARK = Symbol.for('cvae-compile tests: equal arrays');
if (!Reflect.has(globalThis, MARK)) {
  Object.defineProperty(globalThis, MARK, { value: true });
  expect.addEqualityTesters([areSameArrays]);
}
