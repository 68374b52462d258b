import type { Column } from './dataset.ts';
import { list, quote, wrongValue } from './place.ts';
import type { InvalidData } from '../errors.ts';
import { classCount, classNames, elements, show, type Variable } from './variable.ts';

/** Takes one variable's values, example after example, and gives them as a column. */
export interface Gatherer {
  /** Takes a number, a class's name, or arrays of them; throws an `InvalidData` for anything else. */
  readonly add: (value: unknown) => void;
  readonly column: () => Column;
}

/**
 * A gatherer of a variable of one part of the data. Class names become indices; an example of a categorical variable may
 * instead be weights over the classes (then all of them must be).
 */
export const gatherer = (name: string, variable: Variable, part: string): Gatherer => {
  const names = classNames(variable);
  let shape = variable.dataShape;
  let size = elements(shape);
  let data = new Float32Array(size * 64);
  let count = 0;
  let at = 0;

  const wrong = (what: string, remedy: string): InvalidData => wrongValue(name, count, part, what, remedy);

  const scalar = (value: unknown): number => {
    if (typeof value === 'number') return value;
    if (typeof value !== 'string' || variable.kind !== 'categorical')
      throw wrong(quote(value), `give ${size === 1 ? 'a number' : `numbers of shape ${show(shape)}`}`);
    const index = names?.indexOf(value) ?? -1;
    if (index >= 0) return index;
    throw names === undefined
      ? wrong(
          quote(value),
          `give an index from 0 to ${classCount(variable) - 1}, or name the classes in the definition`,
        )
      : wrong(quote(value), `give one of ${list(names)}`);
  };

  const put = (value: unknown, expected: readonly number[]): void => {
    const items = itemsOf(value);
    const length = elements(expected);
    if (items === undefined) {
      if (length !== 1) throw wrong(quote(value), `give numbers of shape ${show(shape)}`);
      data[at++] = scalar(value);
    } else if (items.length > 0 && itemsOf(items[0]) !== undefined) {
      if (items.length !== (expected[0] ?? 1)) throw wrong(quote(value), `give numbers of shape ${show(shape)}`);
      for (let i = 0; i < items.length; i++) put(items[i], expected.slice(1));
    } else {
      if (items.length !== length) throw wrong(quote(value), `give ${length} numbers, of shape ${show(shape)}`);
      for (let i = 0; i < length; i++) data[at++] = scalar(items[i]);
    }
  };

  const add = (value: unknown): void => {
    if (count === 0 && variable.kind === 'categorical' && countOf(value) === elements(variable.shape)) {
      if (elements(variable.shape) !== size) ({ shape } = variable);
      size = elements(shape);
    }
    if ((count + 1) * size > data.length) data = grown(data, Math.max(2 * count * size, (count + 1) * size));
    put(value, shape);
    count += 1;
  };

  return {
    add,
    column: () => ({
      shape,
      data: data.slice(0, at),
      scale: 1,
      ...(variable.classes === undefined ? {} : { classes: variable.classes }),
    }),
  };
};

/** The items of an array or a typed array; undefined for a scalar and anything else. */
export const itemsOf = (value: unknown): ArrayLike<unknown> | undefined => {
  if (Array.isArray(value)) return value;
  // Every view but DataView, which has no length, is array-like.
  return ArrayBuffer.isView(value) && 'length' in value ? (value as unknown as ArrayLike<unknown>) : undefined;
};

const countOf = (value: unknown): number => {
  const items = itemsOf(value);
  if (items === undefined) return 1;
  let total = 0;
  for (let i = 0; i < items.length; i++) total += countOf(items[i]);
  return total;
};

const grown = (data: Float32Array, length: number): Float32Array<ArrayBuffer> => {
  const larger = new Float32Array(length);
  larger.set(data);
  return larger;
};
