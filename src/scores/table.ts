import { InvalidData } from '../errors.ts';
import type { Features } from './binned.ts';

/**
 * Rows of a table, by column: numbers, or the names of classes. NaN is a number that is missing, and '' a class that is. All columns
 * are equally long.
 */
export type ScoredTable = Readonly<Record<string, ArrayLike<number> | readonly string[]>>;

/** A table whose classes are numbered. */
export interface Coded {
  readonly rows: number;
  readonly columns: ReadonlyMap<string, CodedColumn>;
}

/** Numbers, or the indices of `levels`. */
export interface CodedColumn {
  readonly values: Float64Array;
  readonly levels?: readonly string[];
}

/** The parts of a comparison, by what messages call them. */
type Parts = Readonly<Record<string, ScoredTable>>;

/**
 * Numbers the classes of tables alike. @throws InvalidData for tables without rows or with different columns, and for values that are
 * neither numbers nor text.
 */
export const coded = (parts: Parts): Readonly<Record<string, Coded>> => {
  const [[first = '', model = {}] = []] = Object.entries(parts);
  const names = Object.keys(model);
  for (const [part, table] of Object.entries(parts)) check(part, table, names, first);
  const levels = new Map(
    names.flatMap((name) => {
      if (typeof model[name]?.[0] !== 'string') return [];
      const all = Object.values(parts).flatMap((table) => Array.from<unknown>(table[name] ?? []).map(String));
      return [[name, [...new Set(all)].sort()] as const];
    }),
  );
  return Object.fromEntries(
    Object.entries(parts).map(([part, table]) => [part, codedBy(table, names, levels, `scoreTable: ${part}`)]),
  );
};

const check = (part: string, table: ScoredTable, names: readonly string[], first: string): void => {
  const refuse = (expected: string, got: string, remedy: string): never => {
    throw new InvalidData(`scoreTable: expected ${expected} in ${part}, got ${got}; ${remedy}`);
  };
  const own = Object.keys(table);
  if (own.length === 0) refuse('columns', 'none', 'give an object of columns');
  const other = names.find((name) => !Object.hasOwn(table, name)) ?? own.find((name) => !names.includes(name));
  if (other !== undefined)
    refuse(
      `the columns of ${first}`,
      `${Object.hasOwn(table, other) ? '' : 'no '}${other}`,
      'give all parts the same columns',
    );
  const lengths = [...new Set(own.map((name) => table[name]?.length ?? 0))];
  if (lengths.length > 1 || lengths[0] === 0)
    refuse('columns of one length, from 1', lengths.join(', '), 'give a value of each column for each row');
};

const codedBy = (
  table: ScoredTable,
  names: readonly string[],
  levels: ReadonlyMap<string, readonly string[]>,
  where: string,
): Coded => {
  const columns = names.map((name): readonly [string, CodedColumn] => {
    const own = levels.get(name);
    const values = Array.from<unknown>(table[name] ?? []);
    const numberOf = new Map(own?.map((level, i) => [level, i]));
    const kind = own ? 'string' : 'number';
    const wrong = values.find((value) => typeof value !== kind);
    if (wrong !== undefined)
      throw new InvalidData(
        `${where}: expected ${own ? 'names of classes' : 'numbers'} in ${name}, got ${typeof wrong}; give one kind of values in a column`,
      );
    const codes = values.map((value) => (own ? (numberOf.get(String(value)) ?? NaN) : Number(value)));
    return [
      name,
      { values: Float64Array.from(codes, (value, i) => (values[i] === '' ? NaN : value)), ...(own && { levels: own }) },
    ];
  });
  return { rows: table[names[0] ?? '']?.length ?? 0, columns: new Map(columns) };
};

/** Returns some rows of a table. */
export const rowsOf = ({ columns }: Coded, rows: ArrayLike<number>): Coded => ({
  rows: rows.length,
  columns: new Map(
    [...columns].map(([name, { values, ...column }]) => [
      name,
      { ...column, values: Float64Array.from({ length: rows.length }, (_, i) => values[rows[i] ?? 0] ?? NaN) },
    ]),
  ),
});

/** Returns the rows without a missing value. */
export const wholeRows = ({ rows, columns }: Coded): readonly number[] =>
  Array.from({ length: rows }, (_, row) => row).filter((row) =>
    [...columns.values()].every(({ values }) => !Number.isNaN(values[row])),
  );

/** Returns columns as trees see them: numbers as they are, and classes one-hot; all but `without`. */
export const featuresOf = ({ columns }: Coded, without?: string): Features =>
  [...columns].flatMap(([name, column]) => (name === without ? [] : seen(column)));

/** Returns a column as trees see it. */
export const seen = ({ values, levels }: CodedColumn): readonly Float64Array[] =>
  levels ? levels.map((_, level) => values.map((value) => (value === level ? 1 : 0))) : [values];
