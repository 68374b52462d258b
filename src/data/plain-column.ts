import { isBytes, ownList, typedKind } from '../values/lists.ts';
import type { Column } from './dataset.ts';
import { isRecord } from './data-forms.ts';

/**
 * The data of a column as one of the arrays that columns have, whatever kind of typed array they are and whichever realm they
 * come from; as doubles where float32 may not keep them, with the scale applied. Undefined for all else.
 */
export const ownData = (data: unknown, scale: number): Column['data'] | Float64Array | undefined => {
  const own = ownList(data);
  if (own === undefined || own instanceof Float32Array || own instanceof Int32Array) return own;
  if (isBytes(own)) return own instanceof Uint8Array ? own : new Uint8Array(own);
  if (own instanceof Float64Array || own instanceof Uint32Array)
    return Float64Array.from(own, (value) => value * scale);
  return new Int32Array(own);
};

/** What a user gave as a column of its own: `{ data, scale }`, say. */
export const isPlainColumn = (value: unknown): value is Partial<Column> & { readonly data: unknown } =>
  isRecord(value) && typedKind(value) === undefined && typedKind(value['data']) !== undefined;
