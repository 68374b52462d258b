import { InvalidData } from '../errors.ts';
import { permutation, stream } from '../random.ts';
import { size } from '../shape/size.ts';
import { isList } from '../values/lists.ts';
import { between, isWhole, rule, whole, wholeFrom0 } from '../values/rules.ts';
import { valueText } from '../values/value-text.ts';
import type { Column, Examples } from './dataset.ts';
import { EXAMPLES, taking } from './options.ts';
import { selected, zerosOf } from './stored.ts';

const SEED = wholeFrom0('give a seed such as 1');

/** Returns the order of an epoch's examples: 0 to `count` − 1, shuffled by random seed and epoch. */
export const order = taking(
  'order',
  { args: [wholeFrom0('give how many there are'), SEED, wholeFrom0('give the epoch')] },
  (count: number, seed: number, epoch: number): Int32Array => permutation(count, stream(seed, 'order', epoch)),
);

/**
 * Splits examples in two: those that are kept, and a fraction, drawn with the random seed, that is held out. Each has at least
 * one example. Throws an `InvalidData` for a fraction that is not between 0 and 1.
 */
export const split = taking(
  'split',
  { args: [EXAMPLES, between('a fraction between 0 and 1', [0, 1], 'hold out 0.1, say', 'neither'), SEED] },
  (examples: Examples, fraction: number, seed: number): readonly [Examples, Examples] => {
    const { count } = examples;
    if (count < 2) throw new InvalidData(`split: expected at least two examples, got ${count}; give more data`);
    const held = heldOut(count, fraction);
    const shuffled = permutation(count, stream(seed, 'split'));
    return [select(examples, shuffled.slice(held).sort()), select(examples, shuffled.slice(0, held).sort())];
  },
);

/** Returns how many of `count` examples a fraction amounts to: at least one, and not all. */
export const heldOut = (count: number, fraction: number): number =>
  fraction === 0 ? 0 : Math.min(count - 1, Math.max(1, Math.round(count * fraction)));

/** Copies the examples at these indices, in their order; what is stored in a file stays there. */
export const select = taking(
  'select',
  { args: [EXAMPLES, rule('a list of indices', isList, 'give whole numbers from 0')] },
  (examples: Examples, indices: ArrayLike<number>): Examples => {
    const { count } = examples;
    for (let i = 0; i < indices.length; i++)
      if (!isWhole(indices[i], 0) || (indices[i] ?? 0) >= count)
        throw new InvalidData(
          `select: expected indices from 0 to ${count - 1}, got ${valueText(indices[i])}; give those of examples that are there`,
        );
    return withColumns(examples, indices.length, (column) => {
      const length = size(column.shape);
      if (column.stored) return { ...column, stored: selected(column.stored, Int32Array.from(indices)) };
      const data = zerosOf(column, indices.length * length);
      for (let i = 0; i < indices.length; i++) {
        const from = (indices[i] ?? 0) * length;
        data.set(column.data.subarray(from, from + length), i * length);
      }
      return { ...column, data };
    });
  },
);

/** Returns the first `count` examples, or all if there are fewer; a view, not a copy. */
export const take = taking(
  'take',
  { args: [EXAMPLES, whole('of examples', 'give how many to take')] },
  (examples: Examples, count: number): Examples => {
    const taken = Math.min(count, examples.count);
    return withColumns(examples, taken, (column) => ({
      ...column,
      data: column.data.subarray(0, taken * size(column.shape)),
      ...(column.stored && { stored: { ...column.stored, count: taken } }),
    }));
  },
);

const withColumns = (examples: Examples, count: number, change: (column: Column) => Column): Examples => ({
  ...examples,
  count,
  columns: Object.fromEntries(Object.entries(examples.columns).map(([name, column]) => [name, change(column)])),
});
