import type { Column, Examples } from '../data/dataset.ts';
import { blocksOf, exampleAt } from '../data/stored.ts';
import { isScaled, type Variable, type Variables } from '../data/variable.ts';
import { size } from '../shape/size.ts';

/** The fewest examples to judge by. */
const FEW = 20;
/** In a longer list of numbers, such as the pixels of a picture, elements that never vary are no surprise. */
const LONG = 32;
/** The most elements that a line names. */
const NAMED = 3;

/**
 * Returns a line for each variable of which something is the same in all examples: a class, or elements of a list of unbounded
 * numbers.
 */
export const constantColumns = (variables: Variables, { count, columns }: Examples): readonly string[] =>
  count < FEW
    ? []
    : Object.entries(variables).flatMap(([name, variable]) => {
        const column = columns[name];
        if (!column || !isJudged(variable, column)) return [];
        const width = size(column.shape);
        const constant = Array.from({ length: width }, (_, j) => j).filter(
          (j) => isConstant(column, j, width) && !(variable.asMask && isTruth(column, j)),
        );
        if (constant.length === 0) return [];
        const named = constant.slice(0, NAMED).map((j) => textOf(name, column, j, width));
        const more = constant.length > NAMED ? ` and ${constant.length - NAMED} more` : '';
        const them = constant.length > 1 ? 'them' : 'it';
        const remedy =
          name === 'y'
            ? `leave ${them} out, as there is nothing to learn`
            : `leave ${them} out, as ${constant.length > 1 ? 'they carry' : 'it carries'} no information about y`;
        return [
          `data: ${named.join(', ')}${more} ${constant.length > 1 ? 'are' : 'is'} the same in all ${count} examples; ${remedy}`,
        ];
      });

const isJudged = (variable: Variable, { shape }: Column): boolean =>
  variable.kind === 'categorical' ? size(shape) === 1 : isScaled(variable) && !variable.asMask && size(shape) <= LONG;

const isConstant = (column: Column, j: number, width: number): boolean => {
  const first = exampleAt(column, 0)[j];
  for (const [, block] of blocksOf(column))
    for (let i = j; i < block.length; i += width) if (block[i] !== first) return false;
  return true;
};

/** Whether an element of the first example is 0 or 1: of a mask, what never or always exists. */
const isTruth = (column: Column, j: number): boolean =>
  [0, 1].includes((exampleAt(column, 0)[j] ?? NaN) * column.scale);

const textOf = (name: string, column: Column, j: number, width: number): string => {
  const { names, classes, scale } = column;
  const of = names?.[j] ?? (width > 1 ? `${name} ${j + 1}` : name);
  const value = exampleAt(column, 0)[j] ?? NaN;
  const text = typeof classes === 'object' ? (classes[value] ?? value) : Number((value * scale).toPrecision(4));
  return `${of} (${text})`;
};
