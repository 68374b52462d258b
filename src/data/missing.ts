import { size } from '../shape/size.ts';
import { isFloats } from '../values/lists.ts';
import { hasMask, maskName } from '../values/mask-name.ts';
import { own } from '../values/own.ts';
import type { Column, ColumnData, Examples } from './dataset.ts';
import { blocksOf, kindOf, lengthOf } from './stored.ts';
import type { Variable, Variables } from './variable.ts';

/**
 * Returns examples in which every variable that has a mask comes with one: its own column, or what follows from the values that are
 * missing, NaN. Whatever the mask leaves out is 0. If nothing is missing there must be a mask, unless one was `derived` from another
 * part of the data, to which names are added.
 */
export const withMasks = (examples: Examples, variables: Variables, derived: Set<string>): Examples => {
  const added = Object.entries(variables).flatMap(([name, variable]) => {
    const column = own(examples.columns, name);
    if (!column || !hasMask(variable)) return [];
    const given = own(examples.columns, maskName(name));
    if (!given && !derived.has(name) && !lacks(column)) return [];
    if (!given) derived.add(name);
    const masked = given ? zeroed(column, given) : counted(column, variable.dataShape, examples.count);
    return Object.entries({ [name]: masked.column, [maskName(name)]: masked.mask });
  });
  return added.length === 0
    ? examples
    : { ...examples, columns: { ...examples.columns, ...Object.fromEntries(added) } };
};

/** Returns the mask of a variable's column, if it has one. */
export const maskOf = (
  columns: Examples['columns'],
  name: string,
  variable: Pick<Variable, 'mask'>,
): Column['data'] | undefined => (hasMask(variable) ? own(columns, maskName(name))?.data : undefined);

const lacks = (column: Column): boolean => {
  if (kindOf(column) !== 'Float32Array') return false;
  for (const [, block] of blocksOf(column)) if (block.some((value) => Number.isNaN(value))) return true;
  return false;
};

/** A column and its mask. */
interface Masked {
  readonly column: Column;
  readonly mask: Column;
}

/** Returns a column with 0 for what is missing, and the mask of the rest: of each value, or of each class's weights together. */
const counted = (column: Column, shape: readonly number[], count: number): Masked => {
  const length = lengthOf(column);
  // Nothing is missing in a file of pixels or classes.
  if (column.stored && kindOf(column) !== 'Float32Array') {
    const ones = {
      kind: 'Uint8Array',
      count,
      width: size(shape),
      read: (_: number, into: ColumnData) => into.fill(1),
    } as const;
    return { column, mask: { shape, data: new Uint8Array(), stored: ones, scale: 1 } };
  }
  // Weights of classes are several numbers for each element of the mask.
  const each = Math.max(1, Math.floor(length / (count * size(shape))));
  const mask = new Uint8Array(length / each).fill(1);
  if (kindOf(column) === 'Float32Array')
    for (const [from, block] of blocksOf(column))
      for (let i = 0; i < block.length; i++) if (Number.isNaN(block[i])) mask[Math.floor((from + i) / each)] = 0;
  return zeroed(column, { shape, data: mask, scale: 1 });
};

/** Returns a column with 0 where NaN is left out. */
const zeroed = (column: Column, mask: Column): Masked => {
  const { data, stored } = column;
  // A file has 0 there already.
  if (stored) return { column, mask };
  const each = data.length / mask.data.length;
  const isOut = (i: number): boolean => mask.data[Math.floor(i / each)] === 0;
  if (!isFloats(data) || !data.some((value, i) => Number.isNaN(value) && isOut(i))) return { column, mask };
  return { column: { ...column, data: data.map((value, i) => (Number.isNaN(value) && isOut(i) ? 0 : value)) }, mask };
};
