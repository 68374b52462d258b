import { InvalidData } from '../errors.ts';
import type { Column } from './dataset.ts';
import { list, wrongValue } from './place.ts';
import { classCount, classNames, elements, isUnit, readsAs, show, type Variable } from './variable.ts';

/**
 * A column as its variable takes it: of the variable's own shape, with class indices in the variable's order. Throws an
 * `InvalidData` that names the example for a value that is not finite, not a class, or outside [0, 1] where it must not be.
 */
export const checkColumn = (name: string, column: Column, variable: Variable, part: string): Column => {
  if (variable.kind === 'categorical') {
    if (readsAs(column.shape, variable.dataShape)) return checkClasses(name, column, variable, part);
    if (readsAs(column.shape, variable.shape)) return checkWeights(name, column, variable, part);
  } else if (readsAs(column.shape, variable.dataShape)) return checkNumbers(name, column, variable, part);
  throw new InvalidData(
    `data: expected ${name} of shape ${show(variable.dataShape)} in each example, got ${show(column.shape)}; reshape the data or change the definition`,
  );
};

const checkNumbers = (name: string, column: Column, variable: Variable, part: string): Column => {
  const { data, scale } = column;
  const size = elements(variable.dataShape);
  const unit = isUnit(variable);
  // The commonest case, bytes as pixels, needs no look at the values.
  if (data instanceof Uint8Array && Number.isFinite(scale) && (!unit || (scale >= 0 && 255 * scale <= 1)))
    return { shape: variable.dataShape, data, scale };
  for (let i = 0; i < data.length; i++) {
    const value = (data[i] ?? 0) * scale;
    if (!Number.isFinite(value)) throw wrongValue(name, Math.floor(i / size), part, `${value}`, FILL_IN);
    if (unit && (value < 0 || value > 1))
      throw wrongValue(
        name,
        Math.floor(i / size),
        part,
        `${value}, not between 0 and 1`,
        value > 1 && value <= 255
          ? 'divide by 255, or give bytes as { data, scale: 1 / 255 }'
          : 'scale it, or give the variable another kind',
      );
  }
  return { shape: variable.dataShape, data, scale };
};

const FILL_IN = 'fill the value in or leave the example out';

const checkClasses = (name: string, column: Column, variable: Variable, part: string): Column => {
  const { data, scale } = column;
  const size = elements(variable.dataShape);
  const count = classCount(variable);
  const order = indexByName(name, column, variable, part);
  const known = order?.length ?? count;
  const indices = count <= 256 ? new Uint8Array(data.length) : new Int32Array(data.length);
  for (let i = 0; i < data.length; i++) {
    const index = (data[i] ?? 0) * scale;
    if (!Number.isInteger(index) || index < 0 || index >= known)
      throw wrongValue(
        name,
        Math.floor(i / size),
        part,
        `${index}`,
        Number.isNaN(index) ? FILL_IN : `give a class from 0 to ${known - 1}`,
      );
    indices[i] = order?.[index] ?? index;
  }
  return { shape: variable.dataShape, data: indices, scale: 1, classes: variable.classes ?? count };
};

/** The variable's index of each of the column's classes, where the two name them in different orders. */
const indexByName = (name: string, column: Column, variable: Variable, part: string): readonly number[] | undefined => {
  const given = classNames(column);
  const names = classNames(variable);
  const total = given?.length ?? column.classes;
  if (given === undefined || names === undefined) {
    const fits =
      total === undefined || (given ? total === classCount(variable) : Number(total) <= classCount(variable));
    if (fits) return undefined;
    throw new InvalidData(
      `data: expected ${name} of ${classCount(variable)} classes, got ${total}${given ? ` (${list(given)})` : ''}; change the definition's categorical(…)`,
    );
  }
  if (given.every((each, i) => each === names[i])) return undefined;
  const used = new Set<number>();
  for (const index of column.data) used.add(index * column.scale);
  return given.map((each, i) => {
    const index = names.indexOf(each);
    if (index >= 0 || !used.has(i)) return Math.max(index, 0);
    const example = Math.floor(column.data.indexOf(i) / elements(variable.dataShape));
    throw wrongValue(name, example, part, JSON.stringify(each), `give one of ${list(names)}`);
  });
};

const checkWeights = (name: string, column: Column, variable: Variable, part: string): Column => {
  const { data, scale } = column;
  const count = classCount(variable);
  const size = elements(variable.shape);
  for (let i = 0; i < data.length; i += count) {
    let sum = 0;
    for (let j = i; j < i + count; j++) {
      const weight = (data[j] ?? 0) * scale;
      if (!Number.isFinite(weight) || weight < 0)
        throw wrongValue(name, Math.floor(j / size), part, `${weight}`, 'give weights of classes from 0 to 1');
      sum += weight;
    }
    if (Math.abs(sum - 1) > 1e-3)
      throw wrongValue(name, Math.floor(i / size), part, `weights that sum to ${sum}`, 'make them sum to 1');
  }
  return { shape: variable.shape, data, scale, classes: variable.classes ?? count };
};
