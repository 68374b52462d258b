import { isBytes, ownList, typedKind } from '../values/lists.ts';
import type { Column } from './dataset.ts';
import { isRecord } from './data-forms.ts';

/**
 * Returns the data of a column as one of the arrays that columns have, from any kind of typed array and any realm; as doubles if
 * float32 may not preserve them, with the scale applied. Undefined for anything else.
 */
export const ownData = (data: unknown, scale: number): Column['data'] | Float64Array | undefined => {
  const own = ownList(data);
  if (own === undefined || own instanceof Float32Array || own instanceof Int32Array) return own;
  if (isBytes(own)) return own instanceof Uint8Array ? own : new Uint8Array(own);
  if (own instanceof Float64Array || own instanceof Uint32Array)
    return Float64Array.from(own, (value) => value * scale);
  return new Int32Array(own);
};

/** Whether a value is a column as a user may give it: `{ data, scale }`, for example. */
export const isPlainColumn = (value: unknown): value is Partial<Column> & { readonly data: unknown } =>
  isRecord(value) && typedKind(value) === undefined && typedKind(value['data']) !== undefined;
