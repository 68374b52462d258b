import { hasMask } from '../values/mask-name.ts';
import type { InvalidData } from '../errors.ts';
import { show } from '../shape/show.ts';
import { size } from '../shape/size.ts';
import { classFinder, isNumeral } from '../values/classes.ts';
import { isList } from '../values/lists.ts';
import { list, valueText } from '../values/value-text.ts';
import type { Column } from './dataset.ts';
import { MISSING, placeOf, wrongValue } from './value-error.ts';
import { toFloat32 } from './precision.ts';
import { classCount, classNames, isUnit, type Variable } from './variable.ts';

/** Collects one variable's values, example after example, into a column. */
export interface Gatherer {
  /** Adds a number, the name of a class, or arrays of them; throws an `InvalidData` for anything else. */
  readonly add: (value: unknown) => void;
  /** Returns all of them, and a remark about them, if any. */
  readonly column: () => { readonly column: Column; readonly notice?: string };
}

/**
 * Returns a gatherer for a variable of one part of the data. Class names become indices; an example of a categorical variable may
 * instead be weights over the classes (then all of them must be). If the variable has a mask, a value or an element that is null,
 * undefined or NaN is missing, which is NaN in the column.
 */
export const gatherer = (name: string, variable: Variable, part: string): Gatherer => {
  // Numbers of any size are kept in double precision until it is known what float32 loses.
  const wide = variable.kind === 'continuous' && !isUnit(variable);
  let shape = variable.dataShape;
  let length = size(shape);
  let data: Float32Array | Float64Array = wide ? new Float64Array(length * 64) : new Float32Array(length * 64);
  let count = 0;
  let at = 0;

  const wrong = (what: string, remedy: string): InvalidData => wrongValue(name, count, part, what, remedy);
  const notOf = (value: unknown, remedy: string): InvalidData =>
    wrong(valueText(value), value === null ? MISSING : remedy);

  const classOf = classReader(variable, wrong);
  const masked = hasMask(variable);
  const isMissing = (value: unknown): boolean =>
    masked && (value === null || value === undefined || Number.isNaN(value));

  const scalar = (value: unknown): number => {
    if (isMissing(value)) return NaN;
    const isNumber = typeof value === 'number';
    if (variable.kind === 'categorical' && size(shape) === size(variable.dataShape)) {
      if (typeof value === 'string' || isNumber) return classOf(value);
    } else if (isNumber) return value;
    throw notOf(value, `give ${length === 1 ? 'a number' : `numbers of shape ${show(shape)}`}`);
  };

  const put = (value: unknown, expected: readonly number[]): void => {
    const items = itemsOf(value);
    const length = size(expected);
    if (isMissing(value)) {
      data.fill(NaN, at, (at += length));
    } else if (items === undefined) {
      if (length !== 1) throw notOf(value, `give numbers of shape ${show(shape)}`);
      data[at++] = scalar(value);
    } else if (items.length > 0 && itemsOf(items[0]) !== undefined) {
      if (items.length !== (expected[0] ?? 1)) throw wrong(valueText(value), `give numbers of shape ${show(shape)}`);
      for (let i = 0; i < items.length; i++) put(items[i], expected.slice(1));
    } else {
      if (items.length !== length) throw wrong(valueText(value), `give ${length} numbers, of shape ${show(shape)}`);
      for (let i = 0; i < length; i++) data[at++] = scalar(items[i]);
    }
  };

  const add = (value: unknown): void => {
    if (count === 0 && variable.kind === 'categorical' && countOf(value) === size(variable.shape)) {
      if (size(variable.shape) !== length) ({ shape } = variable);
      length = size(shape);
    }
    if ((count + 1) * length > data.length) data = grown(data, Math.max(2 * count * length, (count + 1) * length));
    put(value, shape);
    count += 1;
  };

  return {
    add,
    column: () => {
      const kept = data.subarray(0, at);
      const { data: numbers, notice } =
        kept instanceof Float64Array
          ? toFloat32(kept, length, placeOf(name, length, part))
          : { data: kept.slice(), notice: undefined };
      return {
        column: {
          shape,
          data: numbers,
          scale: 1,
          ...(variable.classes === undefined ? {} : { classes: variable.classes }),
        },
        ...(notice !== undefined && { notice }),
      };
    },
  };
};

/** Returns a function that finds a class's index, by its name or number. */
const classReader = (
  variable: Variable,
  wrong: (what: string, remedy: string) => InvalidData,
): ((value: string | number) => number) => {
  const names = classNames(variable);
  const find = classFinder(variable.classes ?? classCount(variable));
  return (value) => {
    const index = find(value);
    if (index >= 0) return index;
    // Without names, a number is checked together with those of all other sources, in `check.ts`.
    if (Number.isNaN(value) || (names === undefined && typeof value === 'number')) return Number(value);
    if (names === undefined)
      throw wrong(
        valueText(value),
        `give an index from 0 to ${classCount(variable) - 1}, or name the classes in the definition`,
      );
    if (Number.isNaN(index)) throw wrong(`${value}, which several classes are called`, 'give the name as text');
    throw wrong(valueText(value), typeof value === 'number' ? numberRemedy(variable) : `give one of ${list(names)}`);
  };
};

/**
 * Returns the remedy for a number that is not one of a variable's classes: a number is the name of a class if names are numbers,
 * else its index.
 */
export const numberRemedy = (variable: Variable): string => {
  const names = classNames(variable) ?? [];
  return names.some(isNumeral)
    ? `a number is the class of that name; give one of ${list(names)}`
    : `give a class from 0 to ${classCount(variable) - 1}`;
};

/** Returns the items of an array or a typed array; undefined for a scalar and anything else. */
export const itemsOf = (value: unknown): ArrayLike<unknown> | undefined => (isList(value) ? value : undefined);

const countOf = (value: unknown): number => {
  const items = itemsOf(value);
  if (items === undefined) return 1;
  let total = 0;
  for (let i = 0; i < items.length; i++) total += countOf(items[i]);
  return total;
};

const grown = <T extends Float32Array | Float64Array>(data: T, length: number): Float32Array | Float64Array => {
  const larger = data instanceof Float64Array ? new Float64Array(length) : new Float32Array(length);
  larger.set(data);
  return larger;
};
