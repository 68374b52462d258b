import { typedKind } from '../values/lists.ts';
import type { Column } from './dataset.ts';
import { isRecord } from './forms.ts';

/**
 * The data of a column as one of the arrays that columns have, whatever kind of typed array they are and whichever realm they
 * come from; as doubles where float32 may not keep them, with the scale applied. Undefined for all else.
 */
export const ownData = (data: unknown, scale: number): Column['data'] | Float64Array | undefined => {
  const kind = typedKind(data);
  if (kind === undefined || kind.startsWith('Big')) return undefined;
  // By its kind, a typed array of numbers.
  const numbers = data as ArrayLike<number>;
  if (kind === 'Float32Array') return data instanceof Float32Array ? data : new Float32Array(numbers);
  if (kind.startsWith('Uint8')) return data instanceof Uint8Array ? data : new Uint8Array(numbers);
  if (kind === 'Float64Array' || kind === 'Uint32Array') return Float64Array.from(numbers, (value) => value * scale);
  return data instanceof Int32Array ? data : new Int32Array(numbers);
};

/** What a user gave as a column of its own: `{ data, scale }`, say. */
export const isPlainColumn = (value: unknown): value is Partial<Column> & { readonly data: unknown } =>
  isRecord(value) && typedKind(value) === undefined && typedKind(value['data']) !== undefined;
