import { InvalidData, isUserError } from '../../errors.ts';
import { canBeDrawn, canBeGiven, type Sequences } from '../../making/sequences.ts';
import { meant } from '../../values/rules.ts';
import { list } from '../../values/value-text.ts';
import type { Io } from '../io.ts';
import { DATE_PARTS, type Choice, type Condition, type DatePart } from '../../making/choice.ts';
import { described, type Known } from '../../making/kinds.ts';
import { derivedOf } from '../../making/model.ts';

/** The columns that were named: as they are on the command line; `false` for no condition. */
export interface Named {
  readonly target?: string;
  readonly condition?: string | false;
  /** The columns that all rows of a sequence share, and the one by which they are sorted. */
  readonly by?: string;
  readonly orderBy?: string;
}

/**
 * Returns the columns to draw and those that are given, as the options name them, and asks on a terminal for what they do not.
 * @throws InvalidData for a name that is not a column, or that cannot be used, and for one that is missing where nobody can be asked.
 */
export async function choose(
  path: string,
  columns: readonly Known[],
  given: Named,
  io: Io,
  sequences?: Sequences,
): Promise<Choice> {
  const canAsk = io.stdin?.isTTY === true && io.stderr.isTTY === true;
  const usable = columns.filter(({ is }) => is.kind !== 'none');
  const text = async (flag: 'target' | 'condition', names: string | undefined, taken: readonly string[]) => {
    if (names !== undefined) return namesIn(names, columns);
    if (!canAsk) throw missing(path, flag, columns);
    const { ask } = await import('./ask.ts');
    const offered =
      flag === 'target'
        ? drawable(usable).filter((column) => !sequences || canBeDrawn(column, sequences))
        : usable.filter((column) => !taken.includes(column.name) && (!sequences || canBeGiven(column, sequences)));
    return offered.length === 0 && flag === 'condition' ? [] : ask(io, flag, offered);
  };
  if (drawable(usable).length === 0)
    throw new InvalidData(
      `${path}: expected a column that a model can draw, got none: ${columns.map((column) => `${column.name} (${described(column)})`).join('; ')}; give a table with others`,
    );
  const wanted = await text('target', given.target, []);
  const named = given.condition === false ? [] : await text('condition', given.condition, wanted);
  const conditions = named.map((name) => conditionOf(path, name, columns));
  const isCondition = (column: Known): boolean =>
    conditions.some((one) => one.column === column && one.part === undefined);
  const all = wanted.length === 1 && wanted[0] === 'all' && !columns.some(({ name }) => name === 'all');
  const targets = all
    ? drawable(usable).filter((column) => !isCondition(column) && (!sequences || canBeDrawn(column, sequences)))
    : wanted.map((name) => targetOf(path, name, columns));
  if (targets.length === 0)
    throw new InvalidData(
      `${path}: expected columns to draw, got none; give --target ${drawable(usable)[0]?.name ?? 'a column'}`,
    );
  const both = targets.find(isCondition);
  if (both)
    throw new InvalidData(
      `${path}: expected ${both.name} as target or condition, got it as both; leave it out of one of them`,
    );
  return { targets, conditions };
}

const drawable = (columns: readonly Known[]): readonly Known[] => columns.filter(({ is }) => is.kind !== 'dates');

/** Returns names of columns separated by commas, whatever they are. @throws InvalidData for one that is none. */
export const columnsIn = (path: string, text: string, columns: readonly Known[], flag: string): readonly string[] =>
  namesIn(text, columns).map((name) => named(path, name, columns, flag).name);

/** Returns names separated by commas; a column's name may have some: the longest that is one is meant. */
export const namesIn = (text: string, columns: readonly { readonly name: string }[]): readonly string[] => {
  const all = new Set(columns.map(({ name }) => name));
  const parts = text.split(',');
  const names: string[] = [];
  for (let from = 0; from < parts.length;) {
    const ends = Array.from({ length: parts.length - from }, (_, i) => parts.length - i);
    const joined = (end: number): string => parts.slice(from, end).join(',').trim();
    const end = ends.find((to) => all.has(joined(to))) ?? from + 1;
    names.push(joined(end));
    from = end;
  }
  return [...new Set(names.filter((name) => name !== ''))];
};

const missing = (path: string, flag: string, columns: readonly Known[]): InvalidData => {
  const all = columns.filter(({ name }) => name !== '').map((column) => `${column.name} (${described(column)})`);
  const none = flag === 'condition' ? ', or --no-condition' : '';
  const what = flag === 'target' ? 'the columns to draw' : 'the columns that it is given';
  return new InvalidData(
    `${path}: expected --${flag}, ${what}, got none; give some of its columns, separated by commas${none}: ${all.join('; ')}`,
  );
};

const named = (path: string, name: string, columns: readonly Known[], flag: string): Known => {
  const found = columns.find((column) => column.name === name);
  if (found === undefined) {
    const names = columns.map((column) => column.name).filter((one) => one !== '');
    throw new InvalidData(
      `${path}: expected columns in --${flag} (${names.join(', ')}), got ${name}; ${meant(name, names)}`,
    );
  }
  return found;
};

const find = (path: string, name: string, columns: readonly Known[], flag: string): Known => {
  const found = named(path, name, columns, flag);
  if (found.is.kind === 'none')
    throw new InvalidData(
      `${path}: expected classes, numbers or dates in --${flag}, got ${name}, which a model learns nothing from: ${found.is.why}; leave it out`,
    );
  return found;
};

const targetOf = (path: string, name: string, columns: readonly Known[]): Known => {
  const found = find(path, name, columns, 'target');
  if (found.is.kind === 'dates')
    throw new InvalidData(
      `${path}: expected numbers or classes in --target, got ${name}, which are dates; give it as --condition`,
    );
  return found;
};

/** Returns a part of dates. @throws InvalidData if they do not have it: the hour of days, or the weekday of months. */
const partOf = (path: string, column: Known, part: DatePart): Condition => {
  const condition = { column, part };
  const of = derivedOf({ targets: [], conditions: [condition] })[part];
  const found = (): ReadonlySet<string> => {
    try {
      return new Set([...column.values.keys()].map((cell) => String(of?.({ [column.name]: cell }))));
    } catch (error) {
      if (isUserError(error)) return new Set();
      throw error;
    }
  };
  const values = found();
  if (values.size > 1) return condition;
  const what = values.size === 0 ? 'months without a day' : `dates that all have the same ${part}`;
  throw new InvalidData(
    `${path}: expected ${column.name} to have a ${part} that differs from row to row, got ${what}; give another part of --condition (${DATE_PARTS.join(', ')}), or leave ${part} out`,
  );
};

/** A part of the dates of a column, where there are several: `weekday of sold`. */
const PART_OF = new RegExp(`^(${DATE_PARTS.join('|')}) of (.+)$`);

const conditionOf = (path: string, name: string, columns: readonly Known[]): Condition => {
  const dates = columns.filter(({ is }) => is.kind === 'dates');
  const isColumn = columns.some((column) => column.name === name);
  const [, partName = name, of] = (isColumn ? null : PART_OF.exec(name)) ?? [];
  const part = DATE_PARTS.find((one) => one === partName);
  if (part !== undefined && !isColumn) {
    const [date, ...others] = of === undefined ? dates : dates.filter((column) => column.name === of);
    if (date && others.length === 0) return partOf(path, date, part);
    if (date)
      throw new InvalidData(
        `${path}: expected the ${part} of one column of dates in --condition, got ${dates.length} such columns (${list(dates.map((column) => column.name))}); give ${part} of ${date.name}, say`,
      );
  }
  const column = find(path, name, columns, 'condition');
  return column.is.kind === 'dates' ? partOf(path, column, 'month') : { column };
};
