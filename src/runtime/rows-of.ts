import { size } from '../shape/size.ts';
import { refused } from './value-errors.ts';
import type { Rows, Variable } from './variable.ts';

/** Returns how many rows of this length a list holds. @throws InvalidData if something is left over, or it is empty. */
export const rowsOf = (
  name: string,
  variable: Variable,
  list: ArrayLike<unknown>,
  length: number,
): Omit<Rows, 'data'> => {
  const rows = list.length / length;
  if (!Number.isInteger(rows) || rows === 0) throw refused(name, 'length', list.length, { variable, at: length });
  return { rows, size: size(variable.shape) };
};
