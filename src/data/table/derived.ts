import { InvalidData, messageOf } from '../../errors.ts';
import { meant } from '../../values/rules.ts';
import { list, valueText } from '../../values/value-text.ts';
import type { Header, TakeLine } from './lines.ts';

/** A line of a table: its cells by the names of their columns, as text. */
export type Row = Readonly<Record<string, string>>;

/** What may be computed of a line: a number, a class, several numbers, or nothing if a value is missing. */
export type Derived = number | string | boolean | null | undefined | readonly (number | null | undefined)[];

/** Columns that are computed: `{ month: ({ date }) => monthOf(date) }`. */
export type Derivations = Readonly<Record<string, (row: Row) => Derived>>;

/** How a table with computed columns is read. */
export interface Derivation {
  /** The header, with the computed columns behind it; those of the same names in the table are without a name. */
  readonly header: Header;
  /** Returns what takes a line of the table, from what takes one with the computed columns. */
  readonly taking: (take: TakeLine) => TakeLine;
  /** The columns that functions have read so far. */
  readonly read: ReadonlySet<string>;
}

/** How a table's lines are called, and which sign its numbers have. */
export interface Wording {
  readonly path: string;
  readonly unit: string;
  readonly decimal: '.' | ',';
}

/**
 * Computes columns of a table, line by line. `used` are the columns that variables are made of; several numbers are the elements
 * `name.0`, `name.1`. Throws an `InvalidData` for a computed column that no variable uses, for a function that reads a column that there
 * is not or fails, and for what is no value.
 */
export const derivation = (
  { path, unit, decimal }: Wording,
  header: Header,
  used: readonly string[],
  derive: Derivations,
): Derivation => {
  const wanted = Object.entries(derive).map(([name, compute]) => {
    const columns = used.filter((column) => column === name || isElement(column, name));
    if (columns.length === 0)
      throw new InvalidData(
        `${path}: expected derive to compute columns that the model takes (${list(used)}), got ${name}; ${meant(name, used)}`,
      );
    return { name, compute, columns };
  });
  const computed = new Set(wanted.flatMap(({ columns }) => columns));
  const read = new Set<string>();
  let [cells, current]: [readonly string[], string] = [[], ''];
  const row = rowOf(header, (column) => {
    const at = header.indexOf(column);
    if (at < 0)
      throw new InvalidData(
        `expected a column of the table (${list(header.filter((one) => one !== ''))}), got ${column}; ${meant(column, header)}`,
      );
    read.add(column);
    return cells[at] ?? '';
  });
  const fail = (line: number | string, what: string): never => {
    throw new InvalidData(`${path}: ${current} of ${unit} ${line}: ${what}`);
  };
  const text = (value: unknown, line: number | string): string => {
    if (value === null || value === undefined || Number.isNaN(value)) return '';
    if (typeof value === 'number') return decimal === ',' ? `${value}`.replace('.', ',') : `${value}`;
    if (typeof value === 'boolean') return `${value}`;
    if (typeof value === 'string') return value.trim();
    return fail(line, `expected a number, text or a list of numbers, got ${valueText(value)}; return one from derive`);
  };
  return {
    header: [...header.map((column) => (computed.has(column) ? '' : column)), ...computed],
    read,
    taking: (take) => (given, line) => {
      cells = given;
      const own = wanted.flatMap(({ name, compute, columns }) => {
        current = name;
        let value: Derived;
        try {
          value = compute(row);
        } catch (error) {
          return fail(line, messageOf(error));
        }
        const values: readonly unknown[] = Array.isArray(value) ? value : [value];
        // A list that is missing lacks all its numbers.
        if (value === null || value === undefined) return columns.map(() => '');
        if (values.length !== columns.length)
          return fail(line, `expected ${columns.length} values, got ${values.length}; return as many from derive`);
        return values.map((one) => text(one, line));
      });
      take([...header.map((_, i) => given[i] ?? ''), ...own], line);
    },
  };
};

/** Whether a column is an element of a list of this name: `season.0`. */
const isElement = (column: string, name: string): boolean =>
  column.startsWith(`${name}.`) && /^\d+$/.test(column.slice(name.length + 1));

/** Returns an object with a member for each column, and a refusal of any other. */
const rowOf = (header: Header, get: (column: string) => string): Row =>
  new Proxy<Record<string, string>>(Object.fromEntries(header.map((column) => [column, ''])), {
    get: (_, key) => (typeof key === 'string' ? get(key) : undefined),
  });
