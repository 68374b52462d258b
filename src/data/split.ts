import { InvalidData } from '../errors.ts';
import { permutation, stream } from '../random.ts';
import type { Column, Examples } from './dataset.ts';
import { elements } from './variable.ts';

/** The order of an epoch's examples: 0 to `count` − 1, shuffled by seed and epoch. */
export const order = (count: number, seed: number, epoch: number): Int32Array =>
  permutation(count, stream(seed, 'order', epoch));

/**
 * Two parts of the examples: those that are kept, and a fraction of them, drawn by the seed, that is held out. Each has at
 * least one example. Throws an `InvalidData` for a fraction that is not between 0 and 1.
 */
export const split = (examples: Examples, fraction: number, seed: number): readonly [Examples, Examples] => {
  const { count } = examples;
  if (!(fraction > 0 && fraction < 1))
    throw new InvalidData(`split: expected a fraction between 0 and 1, got ${fraction}; hold out 0.1, say`);
  if (count < 2) throw new InvalidData(`split: expected at least two examples, got ${count}; give more data`);
  const held = heldOut(count, fraction);
  const shuffled = permutation(count, stream(seed, 'split'));
  return [select(examples, shuffled.slice(held).sort()), select(examples, shuffled.slice(0, held).sort())];
};

/** How many of `count` examples a fraction is: at least one, and not all. */
export const heldOut = (count: number, fraction: number): number =>
  fraction === 0 ? 0 : Math.min(count - 1, Math.max(1, Math.round(count * fraction)));

/** The examples at these indices, in their order, copied. */
export const select = (examples: Examples, indices: ArrayLike<number>): Examples =>
  withColumns(examples, indices.length, (column) => {
    const size = elements(column.shape);
    const data = arrayLike(column.data, indices.length * size);
    for (let i = 0; i < indices.length; i++) {
      const from = (indices[i] ?? 0) * size;
      data.set(column.data.subarray(from, from + size), i * size);
    }
    return { ...column, data };
  });

/** The first `count` examples, or all where there are fewer; a view, not a copy. */
export const take = (examples: Examples, count: number): Examples => {
  const taken = Math.max(0, Math.min(Math.floor(count), examples.count));
  return withColumns(examples, taken, (column) => ({
    ...column,
    data: column.data.subarray(0, taken * elements(column.shape)),
  }));
};

/** A new array of zeros, of the data's type. (Not by `slice`: a Buffer's shares its memory.) */
export const arrayLike = (data: Column['data'], length: number): Column['data'] => {
  if (data instanceof Float32Array) return new Float32Array(length);
  return data instanceof Int32Array ? new Int32Array(length) : new Uint8Array(length);
};

const withColumns = (examples: Examples, count: number, change: (column: Column) => Column): Examples => ({
  ...examples,
  count,
  columns: Object.fromEntries(Object.entries(examples.columns).map(([name, column]) => [name, change(column)])),
});
