import { isPlain } from '../../values/rules.ts';
import { checkOption, checkOptions } from '../options.ts';
import type { Derivations } from './derived.ts';
import type { Renamed } from './model-plan.ts';

/** How any table is read and split. */
export interface TableOptions {
  /** The columns of variables that are not called as they are: `{ y: 'rain_mm', wind: ['speed', 'direction'] }`. */
  readonly columns?: Renamed;
  /** Columns that are computed of a line's cells, which are text: `{ month: ({ date }) => monthOf(date) }`. */
  readonly derive?: Derivations;
  /**
   * The column, or columns, that the rows of one sequence share: these rows become one example, with a value at each step of variables
   * such as `normal(24, 2)`, from two columns, or `categorical(5, { at: [24] })`. Other variables must be the same in all of its rows. A
   * shorter sequence needs `{ mask: true }`, or a class that is its `end`.
   */
  readonly by?: string | readonly string[];
  /** With `by`: the column by which the rows of a sequence are sorted; without it they stay in the order of the file. */
  readonly orderBy?: string;
  /** With `by`: whether a sequence of more rows than there are steps is an error, which is the default, or loses the rest. */
  readonly longer?: 'error' | 'cut';
  /** Fractions of the lines, or sequences, drawn with the random seed, to test and validate on; none by default. */
  readonly test?: number;
  readonly validation?: number;
  readonly seed?: number;
  /**
   * Whether a line that lacks a value is an error, which is the default, or left out, with a notice of how many there are, or
   * kept with a mask of what is missing, `rain_mask` (`mask` for y), for variables with `{ mask: true }`. If the definition decides
   * which columns are read, it decides this too: variables with `{ mask: true }` keep such lines in any case. A
   * value is missing if its cell is empty, NA, NaN, null, None, #N/A, ?, - or another text that pandas treats as missing, unless
   * `classes` has a class of that name.
   */
  readonly missing?: 'error' | 'skip' | 'mask';
  /** Further texts that denote a missing value, such as `['-999']`. */
  readonly missingValues?: readonly string[];
  /** The units of columns of numbers, which exported models record: `{ wind: 'km/h' }`. */
  readonly units?: Readonly<Record<string, string>>;
  /** The bytes of numbers that are kept in memory, 500 MB by default; more are kept in a file, and read batch by batch. */
  readonly memory?: number;
  /** `false` leaves numbers as they are; by default networks see them standardised. */
  readonly scaling?: false;
}

/** The names of the options of every table. */
export const TABLE_OPTIONS = [
  'test',
  'validation',
  'seed',
  'missing',
  'missingValues',
  'units',
  'scaling',
  'columns',
  'derive',
  'by',
  'orderBy',
  'longer',
  'memory',
] as const satisfies readonly (keyof TableOptions)[];

/** Checks which shares of the rows are held out, and by which seed. @throws InvalidData for values that make no sense. */
export const checkShares = (
  where: string,
  { test = 0, validation = 0, seed = 0 }: Pick<TableOptions, 'test' | 'validation' | 'seed'>,
): void => {
  const is = (name: string, right: boolean, what: string, value: unknown) =>
    checkOption(where, name, right, what, value);
  const isShare = (value: unknown): boolean => typeof value === 'number' && value >= 0 && value < 1;
  is('test', isShare(test), 'a fraction between 0 and 1', test);
  is('validation', isShare(validation), 'a fraction between 0 and 1', validation);
  is('test and validation', test + validation < 1, 'fractions that leave something to train on', test + validation);
  is('seed', Number.isSafeInteger(seed) && seed >= 0, 'a whole number from 0', seed);
};

/** Refuses unknown options, and values that options of a table cannot have. @throws InvalidData */
export const checkTableOptions = (where: string, options: TableOptions, known: readonly string[]): void => {
  checkOptions(where, options, known);
  const { missing = 'error' } = options;
  const { missingValues = [], units = {}, scaling, columns = {}, derive = {} } = options;
  const is = (name: string, right: boolean, what: string, value: unknown) =>
    checkOption(where, name, right, what, value);
  checkShares(where, options);
  is('missing', ['error', 'skip', 'mask'].includes(missing), "'error', 'skip' or 'mask'", missing);
  const isTexts = Array.isArray(missingValues) && missingValues.every((text) => typeof text === 'string');
  is('missingValues', isTexts, 'a list of texts', missingValues);
  is('units', typeof units === 'object' && units !== null, 'units by column', units);
  is('scaling', scaling === undefined || scaling === false, 'false or nothing', scaling);
  const isName = (value: unknown): boolean => typeof value === 'string' && value !== '';
  const areNames = (value: unknown): boolean => isName(value) || (Array.isArray(value) && value.every(isName));
  is('columns', isPlain(columns) && Object.values(columns).every(areNames), 'columns by variable', columns);
  const areFunctions = isPlain(derive) && Object.values(derive).every((one) => typeof one === 'function');
  is('derive', areFunctions, 'a function of a line for each column', derive);
  const { memory = 0 } = options;
  is('memory', Number.isSafeInteger(memory) && memory >= 0, 'a number of bytes', memory);
  checkSequences(where, options);
};

const checkSequences = (where: string, { by, orderBy, longer }: TableOptions): void => {
  const is = (name: string, right: boolean, what: string, value: unknown) =>
    checkOption(where, name, right, what, value);
  const isName = (value: unknown): boolean => typeof value === 'string' && value !== '';
  const areNames = Array.isArray(by) && by.length > 0 && by.every(isName);
  is('by', by === undefined || isName(by) || areNames, 'the name of a column, or several', by);
  is('orderBy', orderBy === undefined || (isName(orderBy) && by !== undefined), 'a column, with by,', orderBy);
  const isKnown = longer === undefined || (by !== undefined && ['error', 'cut'].includes(longer));
  is('longer', isKnown, "'error' or 'cut', with by,", longer);
};
