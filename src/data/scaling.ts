import { maskOf } from './missing.ts';
import { InvalidData } from '../errors.ts';
import { size } from '../shape/size.ts';
import { optional, rule } from '../values/rules.ts';
import { list } from '../values/value-text.ts';
import { maskName } from '../values/mask-name.ts';
import { own } from '../values/own.ts';
import type { Column, Dataset, Examples, Scale } from './dataset.ts';
import { DATASET, isNames, taking } from './options.ts';
import { blocksOf, kindOf } from './stored.ts';
import { isScaled, type Variables } from './variable.ts';

/**
 * Returns the standardisation of each variable: that of the data if they have one, else the mean and standard deviation of the
 * examples to train on, whatever their source. Pixels stay unchanged: images of numbers from 0 to 1, and bytes from 0 to 1, by a
 * scale or because they are 0 and 1. A target of three axes that holds other numbers, such as a field of temperatures, has a mean
 * and a deviation for each channel. What a mask leaves out holds nothing, or given values, so that a target's scale is that of the rest.
 * A condition that networks take as a mask stays as it is if it holds zeros and ones.
 */
export const scalingOf = (
  variables: Variables,
  train: Examples,
  given: Dataset['scaling'] = {},
): Readonly<Record<string, Scale>> => {
  const scaled = Object.entries(variables).flatMap(([name, variable]) => {
    const column = own(train.columns, name);
    const steps = variable.inSteps === true ? (variable.shape[0] ?? 1) : 1;
    const mask = bothOf(
      maskOf(train.columns, name, variable),
      column && variable.inSteps ? untilEnd(column, variables, train) : undefined,
    );
    const fixed = column && variable.asMask && isBinary(column) ? unchanged(column) : own(given, name);
    const scale =
      (fixed && sameForSteps(name, fixed, steps)) ??
      (column && isScaled(variable) && !isPixels(column, variable.image !== undefined, mask)
        ? measure(column, mask, alikeIn(variable, steps))
        : undefined);
    return scale === undefined ? [] : [[name, scale] as const];
  });
  return Object.fromEntries(scaled);
};

/** Whether a column holds nothing but zeros and ones. */
const isBinary = (column: Column): boolean => {
  for (const [, block] of blocksOf(column))
    for (const value of block) if (value !== 0 && value * column.scale !== 1) return false;
  return true;
};

/** The scale that changes nothing. */
const unchanged = ({ shape }: Column): Scale => ({
  mean: Array<number>(size(shape)).fill(0),
  deviation: Array<number>(size(shape)).fill(1),
});

/** Returns what two masks count. */
export const bothOf = (
  one: ArrayLike<number> | undefined,
  other: ArrayLike<number> | undefined,
): ArrayLike<number> | undefined =>
  one && other ? Uint8Array.from(one, (counts, i) => (counts && other[i] ? 1 : 0)) : (one ?? other);

/** Returns which elements of a sequence are before the end that another has; undefined without an end. */
export const untilEnd = (
  { shape }: Column,
  variables: Variables,
  { count, columns }: Examples,
): Uint8Array | undefined => {
  const [name = '', { end, dataShape: [steps = 1] = [] } = {}] =
    Object.entries(variables).find(([, variable]) => variable.end !== undefined) ?? [];
  const classes = own(columns, name);
  // Weights of classes have no end.
  if (end === undefined || classes?.data.length !== count * steps) return undefined;
  const variable = own(variables, name);
  // In place of a class that is missing may be any, even the end.
  const given = variable && maskOf(columns, name, variable);
  const width = size(shape) / steps;
  const mask = new Uint8Array(count * size(shape));
  for (let i = 0; i < count; i++) {
    const at = classes.data
      .subarray(i * steps, (i + 1) * steps)
      .findIndex((one, step) => one === end && given?.[i * steps + step] !== 0);
    mask.fill(1, i * steps * width, (i * steps + (at === -1 ? steps : at)) * width);
  }
  return mask;
};

/** Returns a standardisation that is the same for all steps. @throws InvalidData for another one. */
const sameForSteps = (name: string, scale: Scale, steps: number): Scale => {
  const width = scale.mean.length / steps;
  const alike = (values: readonly number[]): boolean => values.every((value, i) => value === values[i % width]);
  if (alike(scale.mean) && alike(scale.deviation)) return scale;
  throw new InvalidData(
    `scaling: expected the same for all steps of ${name}, each of which is given to the next, got different ones; leave it out, or pass the same`,
  );
};

/** Whether a column holds values from 0 to 1: of bytes by their scale, or directly; of an image, numbers of any kind that a mask counts. */
const isPixels = (column: Column, isImage: boolean, mask: ArrayLike<number> | undefined): boolean => {
  const { scale } = column;
  const areBytes = kindOf(column) === 'Uint8Array';
  if (!areBytes && !isImage) return false;
  if (areBytes && 255 * scale <= 1) return true;
  const counts = isImage ? mask : undefined;
  for (const [from, block] of blocksOf(column))
    for (let i = 0; i < block.length; i++) {
      const value = (block[i] ?? 0) * scale;
      if ((value < 0 || value > 1) && counts?.[from + i] !== 0) return false;
    }
  return true;
};

/** Returns how many elements share a mean and a deviation: those of all steps, or of all places of an image's channel. */
const alikeIn = ({ image, shape }: Variables[string], steps: number): number =>
  image === undefined ? steps : Math.max(steps, size(shape) / image[2]);

const SCALED = {
  args: [
    DATASET,
    optional(
      rule(
        'names of columns',
        (value) => Array.isArray(value) && (value.length === 0 || isNames(value)),
        'give a list, or nothing for all numbers',
      ),
    ),
  ],
};

/** Returns a column of numbers. @throws InvalidData if there is none of this name. */
const columnOf = (where: string, { train }: Dataset, name: string): Column => {
  const column = own(train.columns, name);
  if (column === undefined || column.classes !== undefined)
    throw new InvalidData(
      `${where}: expected columns of numbers (${list(Object.keys(train.columns))} are there), got ${name}${column ? ', which are classes' : ''}; correct the name`,
    );
  return column;
};

/**
 * Returns the dataset with a `scaling` that leaves these variables unchanged (by default all of its numbers) instead of
 * standardising them.
 */
export const unscaled = taking(
  'unscaled',
  SCALED,
  (dataset: Dataset, names: readonly string[] = numbersIn(dataset)): Dataset => {
    const scales = names.map((name) => [name, unchanged(columnOf('unscaled', dataset, name))] as const);
    return { ...dataset, scaling: { ...dataset.scaling, ...Object.fromEntries(scales) } };
  },
);

/**
 * Returns the dataset with `scaling`, the mean and standard deviation of these columns among the examples to train on, for the
 * model to keep: networks then see (value − mean) / deviation, while data and files stay in their own units. Without names, it
 * covers all columns of numbers except classes, bytes and masks.
 */
export const withScaling = taking(
  'withScaling',
  SCALED,
  (dataset: Dataset, names: readonly string[] = numbersIn(dataset)): Dataset => {
    const { columns } = dataset.train;
    const measured = names.map((name) => {
      const mask = own(columns, maskName(name))?.data;
      return [name, measure(columnOf('withScaling', dataset, name), mask)] as const;
    });
    return { ...dataset, scaling: { ...dataset.scaling, ...Object.fromEntries(measured) } };
  },
);

/**
 * Computes the mean and (population) standard deviation of each element of a column, over those that a mask counts; the standard
 * deviation of a constant is returned as 1. Elements at the same place of several `steps` have one of both.
 */
export const measure = (column: Column, mask?: ArrayLike<number>, steps = 1): Scale => {
  const { shape, scale } = column;
  const length = size(shape) / steps;
  const count = new Float64Array(length);
  const mean = new Float64Array(length);
  const square = new Float64Array(length);
  const each = (take: (value: number, place: number) => void): void => {
    for (const [from, block] of blocksOf(column))
      for (let i = 0; i < block.length; i++)
        if (mask === undefined || mask[from + i] !== 0) take((block[i] ?? 0) * scale, (from + i) % length);
  };
  each((_, place) => (count[place] = (count[place] ?? 0) + 1));
  each((value, place) => (mean[place] = (mean[place] ?? 0) + value / (count[place] ?? 1)));
  each((value, place) => {
    const difference = value - (mean[place] ?? 0);
    square[place] = (square[place] ?? 0) + (difference * difference) / (count[place] ?? 1);
  });
  // The rounding error of a constant is not a spread.
  const deviation = Array.from(square, (sum, place) => {
    const found = Math.sqrt(sum);
    return found > 1e-7 * Math.abs(mean[place] ?? 0) ? found : 1;
  });
  const all = (values: Iterable<number>) => Array.from({ length: steps }, () => [...values]).flat();
  return { mean: all(mean), deviation: all(deviation) };
};

const numbersIn = ({ train: { columns } }: Dataset): readonly string[] => {
  const masks = new Set(['mask', ...Object.keys(columns).map(maskName)]);
  return Object.entries(columns)
    .filter(([name, column]) => !masks.has(name) && column.classes === undefined && kindOf(column) === 'Float32Array')
    .map(([name]) => name);
};
