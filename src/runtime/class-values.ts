import { size } from '../shape/size.ts';
import { classCountOf, isByIndex } from '../values/class-count.ts';
import { classFinder } from '../values/classes.ts';
import { rowsOf } from './rows-of.ts';
import { refused } from './value-errors.ts';
import type { Rows, Variable } from './variable.ts';

/**
 * Encodes class numbers or names, `dataShape` of them a row: one-hot on the last axis, or by index. @throws InvalidData for what is not
 * a class, or what several classes are called.
 */
export const oneHot = (name: string, variable: Variable, labels: ArrayLike<unknown>): Rows => {
  const count = classCountOf(variable);
  const byIndex = isByIndex(variable);
  const shaped = rowsOf(name, variable, labels, size(variable.dataShape));
  const data = new Float32Array(shaped.rows * shaped.size);
  const find = classFinder(variable.classes ?? count);
  for (let i = 0; i < labels.length; i++) {
    const index = find(labels[i]);
    if (!(index >= 0)) throw refused(name, index < 0 ? 'class' : 'several', labels[i], { variable });
    if (byIndex) data[i] = index;
    else data[i * count + index] = 1;
  }
  return { ...shaped, data };
};
