import { size } from '../shape/size.ts';
import { isBytes, isFloats, zerosLike } from '../values/lists.ts';
import type { Column, Stored } from './dataset.ts';

const ARRAYS = { Uint8Array, Int32Array, Float32Array };

/** A column's numbers: an array, or a file. */
type Held = Pick<Column, 'data' | 'stored' | 'shape'>;

/** Returns how many numbers a column has. */
export const lengthOf = ({ data, stored }: Pick<Column, 'data' | 'stored'>): number =>
  stored ? stored.count * stored.width : data.length;

/** Returns the kind of a column's array. */
export const kindOf = ({ data, stored }: Pick<Column, 'data' | 'stored'>): Stored['kind'] =>
  stored?.kind ?? (isBytes(data) ? 'Uint8Array' : isFloats(data) ? 'Float32Array' : 'Int32Array');

/** Returns an array of zeros of a column's kind. */
export const zerosOf = ({ data, stored }: Pick<Column, 'data' | 'stored'>, length: number): Column['data'] => {
  if (stored) return new ARRAYS[stored.kind](length);
  // The same kind, in this realm.
  return zerosLike(data, length) as Column['data'];
};

/** Returns the numbers of an example. */
export const exampleAt = (column: Held, index: number): Column['data'] => {
  const length = size(column.shape);
  if (!column.stored) return column.data.subarray(index * length, (index + 1) * length);
  const values = zerosOf(column, length);
  column.stored.read(index, values);
  return values;
};

/** The numbers that are read of a file at once. */
const BLOCK = 2 ** 20;

/** Yields all numbers of a column in arrays of whole examples, each with the place of its first number: one array if they are in memory. */
export function* blocksOf(column: Pick<Column, 'data' | 'stored'>): Generator<readonly [from: number, Column['data']]> {
  const { stored, data } = column;
  if (!stored) {
    yield [0, data];
    return;
  }
  const rows = Math.max(1, Math.floor(BLOCK / stored.width));
  for (let first = 0; first < stored.count; first += rows) {
    const values = zerosOf(column, Math.min(rows, stored.count - first) * stored.width);
    stored.read(first, values);
    yield [first * stored.width, values];
  }
}

/** Returns the examples at these indices of a file, in their order. */
export const selected = (stored: Stored, indices: ArrayLike<number>): Stored => ({
  ...stored,
  count: indices.length,
  read: (example, into) => {
    const { width } = stored;
    for (let at = 0; at < into.length; at += width)
      stored.read(indices[example + at / width] ?? 0, into.subarray(at, at + width));
  },
});

/** Returns a column of other numbers, each example of which follows from one of the column: when it is read, if they are in a file. */
export const mapped = (
  column: Column,
  kind: Stored['kind'],
  change: (values: Column['data'], into: Column['data']) => void,
): Column => {
  const { stored, data } = column;
  const width = size(column.shape);
  if (!stored) {
    const all = new ARRAYS[kind](data.length);
    for (let at = 0; at < all.length; at += width) change(data.subarray(at, at + width), all.subarray(at, at + width));
    return { ...column, data: all };
  }
  const read: Stored['read'] = (example, into) => {
    const values = zerosOf(column, width);
    for (let at = 0; at < into.length; at += width) {
      stored.read(example + at / width, values);
      change(values, into.subarray(at, at + width));
    }
  };
  return { ...column, data: new ARRAYS[kind](), stored: { ...stored, kind, read } };
};
