import type { Column, Dataset, Scale } from './dataset.ts';
import { elements } from './variable.ts';

/**
 * The dataset with `scaling`, the mean and standard deviation of these columns among the examples to train on, for the model
 * to keep: networks then see (value − mean) / deviation, while data and files stay in their own units. Without names, all
 * columns of numbers but classes, bytes and masks.
 */
export const withScaling = (dataset: Dataset, names: readonly string[] = numbersIn(dataset)): Dataset => {
  const measured = names.flatMap((name) => {
    const column = dataset.train.columns[name];
    return column === undefined ? [] : [[name, measure(column)] as const];
  });
  return { ...dataset, scaling: { ...dataset.scaling, ...Object.fromEntries(measured) } };
};

/** Mean and standard deviation (of the population) of each element of a column; the deviation of a constant is given as 1. */
export const measure = ({ shape, data, scale }: Column): Scale => {
  const size = elements(shape);
  const count = data.length / size;
  const mean = new Float64Array(size);
  const square = new Float64Array(size);
  for (let i = 0; i < data.length; i++) mean[i % size] = (mean[i % size] ?? 0) + ((data[i] ?? 0) * scale) / count;
  for (let i = 0; i < data.length; i++) {
    const difference = (data[i] ?? 0) * scale - (mean[i % size] ?? 0);
    square[i % size] = (square[i % size] ?? 0) + (difference * difference) / count;
  }
  // What is left of a constant after rounding is no spread.
  const deviation = Array.from(square, (each, i) => {
    const found = Math.sqrt(each);
    return found > 1e-7 * Math.abs(mean[i] ?? 0) ? found : 1;
  });
  return { mean: [...mean], deviation };
};

const numbersIn = ({ train }: Dataset): readonly string[] =>
  Object.entries(train.columns)
    .filter(([name, { data, classes }]) => name !== 'mask' && classes === undefined && data instanceof Float32Array)
    .map(([name]) => name);
