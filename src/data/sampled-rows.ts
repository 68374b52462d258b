import { permutation, stream } from '../random.ts';
import { size } from '../shape/size.ts';
import type { SampledRows } from '../signature.ts';
import { maskName } from '../values/mask-name.ts';
import { own } from '../values/own.ts';
import { toDigits } from '../values/rounded.ts';
import type { Dataset } from './dataset.ts';
import { exampleAt } from './stored.ts';
import type { Variable, Variables } from './variable.ts';

/** As many rows as show a distribution, … */
const ROWS = 400;

/** … but no more numbers than this, which are some 50 kB of JSON; … */
const NUMBERS = 8000;

/** … and of no target with more elements, which a page shows in another way. */
const ELEMENTS = 48;

/**
 * Returns a random sample of the rows to train on, for an exported model to carry, so that a page can compare them with draws: all
 * targets, and those conditions that are classes or a few numbers. The same data give the same rows, in random order. Undefined if a target is
 * an image, a sequence of classes or has many elements: such a model's data are not a table.
 */
export const sampledRows = (
  { name, train }: Dataset,
  variables: Variables,
  targets: readonly string[] = ['y'],
): SampledRows | undefined => {
  const isOf = (key: string): boolean => {
    const variable = own(variables, key);
    const column = own(train.columns, key);
    return variable !== undefined && column !== undefined && isCells(variable) && isPlain(variable, column.shape);
  };
  const elements = targets.reduce((sum, key) => sum + size(own(variables, key)?.dataShape ?? []), 0);
  if (elements > ELEMENTS || !targets.every(isOf)) return undefined;
  const kept = Object.keys(variables).filter((key) => own(variables, key)?.maskOf === undefined && isOf(key));
  const width = kept.reduce((sum, key) => sum + size(own(variables, key)?.dataShape ?? []), 0);
  const count = Math.min(train.count, ROWS, Math.floor(NUMBERS / width));
  const order = permutation(train.count, stream(1, 'rows')).slice(0, count);
  const columns = kept.map((key): [string, readonly number[]] => [
    key,
    Array.from(order).flatMap((row) => cellsOf(train.columns, key, row)),
  ]);
  return { source: `${name}, train`, count, of: train.count, columns: Object.fromEntries(columns) };
};

/** Returns the numbers of a row, NaN for what is missing, which JSON represents as `null`. */
const cellsOf = (columns: Dataset['train']['columns'], key: string, row: number): readonly number[] => {
  const column = own(columns, key);
  const mask = own(columns, maskName(key));
  if (column === undefined) return [];
  const counts = mask && exampleAt(mask, row);
  return Array.from(exampleAt(column, row), (value, i) => (counts?.[i] === 0 ? NaN : rounded(value * column.scale)));
};

/** Whether a variable is a few cells of a table. */
const isCells = ({ kind, image, dataShape, inSteps }: Variable): boolean =>
  kind !== 'image' &&
  image === undefined &&
  inSteps !== true &&
  size(dataShape) <= ELEMENTS &&
  dataShape.length <= (kind === 'categorical' ? 0 : 1);

/** Whether a column has a number for each element: classes may be given by weights. */
const isPlain = ({ dataShape }: Variable, shape: readonly number[]): boolean => size(shape) === size(dataShape);

/** Rounds to six digits, which single precision has. */
export const rounded = toDigits(6);
