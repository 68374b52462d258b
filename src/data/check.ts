import { InvalidData } from '../errors.ts';
import { show } from '../shape/show.ts';
import { size } from '../shape/size.ts';
import { classFinder, isNumeral } from '../values/classes.ts';
import { list } from '../values/value-text.ts';
import type { Column } from './dataset.ts';
import { numberRemedy } from './gather.ts';
import { MISSING, placeOf, wrongValue } from './value-error.ts';
import { toFloat32 } from './precision.ts';
import { blocksOf, zerosOf } from './stored.ts';
import { classCount, classNames, faultOf, isUnit, readsAs, type Variable } from './variable.ts';

/** A column that fits, the names in its data of classes that its variable only counts, and a remark about it, if any. */
export interface Checked {
  readonly column: Column;
  readonly classes?: readonly string[];
  readonly notice?: string;
}

/**
 * Converts a column to the form its variable needs: the variable's own shape, with class indices in the variable's order. Throws
 * an `InvalidData` that names the example for a value that is not finite, not a class, or outside [0, 1] if it must be inside, unless
 * the variable's mask leaves it out, or the end of a sequence.
 */
export const checkColumn = (
  name: string,
  column: Column,
  variable: Variable,
  part: string,
  mask?: ArrayLike<number>,
): Checked => {
  if (variable.kind === 'categorical') {
    if (column.stored)
      throw new InvalidData(`data: expected classes of ${name} in memory, got numbers in a file; give them as a list`);
    if (readsAs(column.shape, variable.dataShape)) return checkClasses(name, column, variable, part);
    if (readsAs(column.shape, variable.shape) && !variable.indices) return checkWeights(name, column, variable, part);
  } else if (readsAs(column.shape, variable.dataShape)) return checkNumbers(name, column, variable, part, mask);
  throw new InvalidData(
    `data: expected ${name} of shape ${show(variable.dataShape)} in each example, got ${show(column.shape)}; reshape the data or change the definition`,
  );
};

const checkNumbers = (
  name: string,
  column: Column,
  variable: Variable,
  part: string,
  mask: ArrayLike<number> | undefined,
): Checked => {
  const { data, stored, scale, names, units } = column;
  const length = size(variable.dataShape);
  const unit = isUnit(variable);
  const faultIn = faultOf(variable);
  const own = stored ? { data, stored } : { data };
  const fitting = { shape: variable.dataShape, ...own, scale, ...(names && { names }), ...(units && { units }) };
  // The most common case, bytes as pixels, needs no check of the values.
  if (data instanceof Uint8Array && Number.isFinite(scale) && (!faultIn || (unit && scale >= 0 && 255 * scale <= 1)))
    return { column: fitting };
  for (const [from, block] of blocksOf(column))
    for (let i = 0; i < block.length; i++) {
      const value = (block[i] ?? 0) * scale;
      const at = Math.floor((from + i) / length);
      if (!Number.isFinite(value))
        throw wrongValue(name, at, part, `${value}`, Number.isNaN(value) ? MISSING : FILL_IN);
      // What a mask leaves out may hold anything.
      const fault = mask?.[from + i] === 0 ? undefined : faultIn?.(value);
      if (fault) throw wrongValue(name, at, part, fault.problem, fault.remedy);
    }
  if (unit || !(data instanceof Int32Array)) return { column: fitting };
  const { notice } = toFloat32(
    Float64Array.from(data, (value) => value * scale),
    length,
    placeOf(name, length, part),
  );
  return { column: fitting, ...(notice !== undefined && { notice }) };
};

const FILL_IN = 'fill the value in or leave the example out';

const checkClasses = (name: string, column: Column, variable: Variable, part: string): Checked => {
  const { data, scale } = column;
  const length = size(variable.dataShape);
  const count = classCount(variable);
  const { of, classes, remedy } = meaning(name, column, variable);
  const indices = count <= 256 ? new Uint8Array(data.length) : new Int32Array(data.length);
  for (let i = 0; i < data.length; i++) {
    const given = (data[i] ?? 0) * scale;
    const index = of(given);
    if (!(index >= 0)) {
      const called = classNames(column)?.[given];
      const what = called === undefined ? `${given}` : JSON.stringify(called);
      throw wrongValue(name, Math.floor(i / length), part, what, Number.isNaN(given) ? MISSING : remedy);
    }
    indices[i] = index;
  }
  const fitting = { shape: variable.dataShape, data: indices, scale: 1, classes: variable.classes ?? count };
  return { column: fitting, ...(classes && { classes }) };
};

/** The meaning of a column's values: the index of the variable's class, −1 or NaN for none; and the remedy for that. */
interface Meaning {
  readonly of: (value: number) => number;
  readonly remedy: string;
  /** The names in the data of classes that the variable only counts. */
  readonly classes?: readonly string[];
}

const meaning = (name: string, column: Column, variable: Variable): Meaning => {
  const [given, names, count] = [classNames(column), classNames(variable), classCount(variable)];
  if (given === undefined) {
    if (names === undefined && Number(column.classes ?? 0) > count)
      throw mismatch(name, count, `${column.classes as number}`); // a number, since it has no names
    return { of: classFinder(variable.classes ?? count), remedy: numberRemedy(variable) };
  }
  if (names !== undefined) {
    const find = classFinder(names);
    const order = given.map((each) => find(each));
    return { of: (value) => order[value] ?? -1, remedy: `give one of ${list(names)}` };
  }
  // Each name is the number of its own class: `0`, `1`, …; some numbers may be missing.
  if (given.every((each) => /^(0|[1-9]\d*)$/.test(each) && Number(each) < count))
    return { of: (value) => Number(given[value] ?? -1), remedy: `give a class from 0 to ${count - 1}` };
  if (given.some(isNumeral))
    throw new InvalidData(
      `data: expected ${name} of classes called 0 to ${count - 1}, as the definition only counts them, got ${list(given)}; name them there: categorical(${given.length > 4 ? `${quoted(given.slice(0, 2))}, …` : quoted(given)})`,
    );
  if (given.length !== count) throw mismatch(name, count, `${given.length} (${list(given)})`);
  return {
    of: (value) => (given[value] === undefined ? -1 : value),
    remedy: `give one of ${list(given)}`,
    classes: given,
  };
};

const mismatch = (name: string, count: number, got: string): InvalidData =>
  new InvalidData(`data: expected ${name} of ${count} classes, got ${got}; change the definition's categorical(…)`);

const quoted = (names: readonly string[]): string => names.map((name) => `'${name}'`).join(', ');

/** Checks weights over the classes of each example, and returns them in the variable's order of classes. */
const checkWeights = (name: string, column: Column, variable: Variable, part: string): Checked => {
  const { data, scale } = column;
  const count = classCount(variable);
  const length = size(variable.shape);
  for (let i = 0; i < data.length; i += count) {
    let sum = 0;
    for (let j = i; j < i + count; j++) {
      const weight = (data[j] ?? 0) * scale;
      if (!Number.isFinite(weight) || weight < 0)
        throw wrongValue(name, Math.floor(j / length), part, `${weight}`, 'give weights of classes from 0 to 1');
      sum += weight;
    }
    if (Math.abs(sum - 1) > 1e-3)
      throw wrongValue(name, Math.floor(i / length), part, `weights that sum to ${sum}`, 'make them sum to 1');
  }
  const fitting = { shape: variable.shape, data, scale, classes: variable.classes ?? count };
  if (classNames(column) === undefined) return { column: fitting };
  const { of, classes } = meaning(name, column, variable);
  const order = Array.from({ length: count }, (_, index) => of(index));
  if (order.some((index) => !(index >= 0)))
    throw mismatch(name, count, `${classNames(column)?.length} (${list(classNames(column) ?? [])})`);
  const ordered = zerosOf(column, data.length);
  data.forEach((weight, i) => (ordered[i - (i % count) + (order[i % count] ?? 0)] = weight));
  return { column: { ...fitting, data: ordered }, ...(classes && { classes }) };
};
