import { InvalidData } from '../../errors.ts';
import { isRecord } from '../data-forms.ts';
import { isPlain } from '../../values/rules.ts';
import { checkOption, checkOptions, COLUMN } from '../options.ts';

/**
 * The form of a variable in a table: classes, named by the column's distinct values in order (numbers by value) or by a list; one
 * number; or several numbers, of several columns. Without `column`, the column has the name of the variable.
 */
export type TableVariable =
  | 'categorical'
  | 'continuous'
  | { readonly column?: string; readonly classes: 'sorted' | readonly string[] }
  | { readonly column: string }
  | { readonly columns: readonly string[] };

/** Which columns of a table are which variables. */
export interface TableVariables {
  /** The conditions by name. */
  readonly condition?: Readonly<Record<string, TableVariable>>;
  /**
   * The columns of numbers that make up y, in order; or a variable, such as `{ column: 'species', classes: 'sorted' }`; or several
   * targets by name, as conditions are given: `{ rain: 'continuous', sky: 'categorical' }`.
   */
  readonly target:
    string | readonly string[] | Exclude<TableVariable, string> | Readonly<Record<string, TableVariable>>;
}

/** One variable, and the columns that it is made of: one column of classes, or some columns of numbers. */
export interface Item {
  readonly name: string;
  readonly columns: readonly string[];
  readonly shape: readonly number[];
  readonly classes?: 'sorted' | readonly string[];
  /** Whether a cell without a value is kept, and a mask marks which are. */
  readonly masked?: boolean;
  /** How many rows of a long table are one value, with these columns at each step; one row if left out. */
  readonly steps?: number;
  /** What stands for the steps after the end of a sequence; nothing, which is a missing value, if left out. */
  readonly filler?: string;
  /** The class that is the end of a sequence, of the variable that has one, if a row of the table has all of its steps. */
  readonly end?: string;
}

/** Returns the conditions and y as items. Throws an `InvalidData` that begins with `where` for anything but the forms above. */
export const planOf = (where: string, { condition = {}, target }: TableVariables): readonly Item[] => {
  checkOption(where, 'condition', isRecord(condition), 'variables by name', condition);
  const named = (what: string, name: string): void =>
    checkOption(where, what, COLUMN.holds(name), COLUMN.expected.replace(/,$/, ''), name);
  for (const name of Object.keys(condition)) named('a condition', name);
  const conditions = Object.entries(condition).map(([name, variable]) => itemOf(where, name, variable));
  if (isSeveral(target)) {
    for (const name of Object.keys(target)) {
      named('a target', name);
      checkOption(where, 'a target', !Object.hasOwn(condition, name), 'a name that no condition has', name);
    }
    return [...conditions, ...Object.entries(target).map(([name, variable]) => itemOf(where, name, variable))];
  }
  const y = typeof target === 'string' ? [target] : target;
  checkOption(where, 'target', !Array.isArray(y) || isTexts(y), 'names of columns', y);
  return [...conditions, isTexts(y) ? { name: 'y', columns: y, shape: [y.length] } : itemOf(where, 'y', y)];
};

/** Whether a target is several by name: a variable has texts and lists as its members. */
const isSeveral = (target: TableVariables['target']): target is Readonly<Record<string, TableVariable>> =>
  isRecord(target) &&
  !Array.isArray(target) &&
  Object.keys(target).length > 0 &&
  Object.values(target).every((one: unknown) => one === 'categorical' || one === 'continuous' || isPlain(one));

const itemOf = (where: string, name: string, variable: TableVariable): Item => {
  if (variable === 'categorical') return { name, columns: [name], shape: [], classes: 'sorted' };
  if (variable === 'continuous') return { name, columns: [name], shape: [1] };
  const expected = name === 'y' ? 'a column, several, or a variable' : 'categorical, continuous, or a variable';
  checkOption(where, name === 'y' ? 'target' : name, isRecord(variable), expected, variable);
  checkOptions(`${where}, ${name}`, variable, ['column', 'columns', 'classes']);
  const { column, columns, classes }: { column?: unknown; columns?: unknown; classes?: unknown } = variable;
  if (columns !== undefined) {
    checkOption(where, `columns of ${name}`, isTexts(columns), 'names', columns);
    if (column !== undefined || classes !== undefined || !isTexts(columns))
      throw new InvalidData(
        `${where}: expected columns of numbers alone for ${name}, got ${column === undefined ? 'classes' : 'column'} too; leave one out`,
      );
    return { name, columns, shape: [columns.length] };
  }
  const own = column ?? name;
  if (typeof own !== 'string') throw new InvalidData(`${where}: expected the column of ${name} as text; correct it`);
  if (classes === undefined) return { name, columns: [own], shape: [1] };
  const known = classes === 'sorted' || (isTexts(classes) && new Set(classes).size === classes.length);
  checkOption(where, `classes of ${name}`, known, "'sorted' or names that differ", classes);
  return { name, columns: [own], shape: [], classes: isTexts(classes) ? classes : 'sorted' };
};

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'string' && one !== '');
