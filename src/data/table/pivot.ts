import { InvalidData, isUserError } from '../../errors.ts';
import { show } from '../../shape/show.ts';
import { isNumeral } from '../../values/classes.ts';
import { meant } from '../../values/rules.ts';
import { list } from '../../values/value-text.ts';
import { momentIn } from '../dates.ts';
import type { Header, TakeLine } from './lines.ts';
import type { Item } from './plan.ts';

/** How the rows of a long table become sequences. */
export interface Sequences {
  /** The column, or columns, that are the same in all rows of a sequence. */
  readonly by: string | readonly string[];
  /** The column by which rows are sorted, numbers by value; without it they stay in the order of the table. */
  readonly orderBy?: string;
  /** Whether a sequence of more rows than the model has steps is an error, or loses the rest. */
  readonly longer?: 'error' | 'cut';
  /** Writes a cell as a number with a point. */
  readonly numeral?: (cell: string) => string;
}

/** A long table as a wide one, a row for each sequence. */
export interface Pivot {
  readonly header: Header;
  readonly plan: readonly Item[];
  /** What a row is called: the name of the column that all of its rows share. */
  readonly unit: string;
  /** Returns what takes a row of the long table, and what hands on the sequences when all are there. */
  readonly taking: (take: TakeLine) => { readonly take: TakeLine; readonly finish: () => void };
}

/** A row of the long table. */
interface Line {
  readonly cells: readonly string[];
  readonly line: number | string;
}

/**
 * Makes a row of the rows of each sequence, in which a column of an item with `steps` occurs once for each step: `speed 1`, `speed 2`.
 * Steps that a sequence does not have are empty, or the item's `filler`. What else a variable is made of must be the same in all rows.
 *
 * @throws InvalidData for columns that are not in the table, if no item has steps, and for sequences that do not fit.
 */
export const pivot = (path: string, header: Header, plan: readonly Item[], how: Sequences): Pivot => {
  const by = [how.by].flat();
  const { orderBy, longer = 'error', numeral = (cell) => cell } = how;
  for (const column of [...by, ...(orderBy === undefined ? [] : [orderBy])])
    if (!header.includes(column))
      throw new InvalidData(
        `${path}: expected a column ${column}, by which rows are ${by.includes(column) ? 'put together' : 'sorted'}, got ${list(header.filter((name) => name !== ''))}; ${meant(column, header)}`,
      );
  const steps = stepsOf(path, plan);
  const keys = by.map((column) => header.indexOf(column));
  const wide = plan.map((item) => wideItem(item));
  const places = plan.map(({ columns }) => columns.map((column) => header.indexOf(column)));
  return {
    header: wide.flatMap(({ columns }) => columns),
    plan: wide,
    unit: by.length === 1 ? (by[0] ?? '') : 'sequence',
    taking: (take) => {
      const sequences = new Map<string, Line[]>();
      return {
        take: (cells, line) => {
          const key = keys.map((at) => cells[at] ?? '').join(', ');
          const found = sequences.get(key);
          if (found) found.push({ cells, line });
          else sequences.set(key, [{ cells, line }]);
        },
        finish: () => {
          for (const [key, lines] of sequences) {
            const where = `${path}: ${by.join(', ')} ${key}`;
            if (lines.length > steps && longer === 'error')
              throw new InvalidData(
                `${where}: expected at most ${steps} rows, as the model has steps, got ${lines.length}; define more steps, or leave the rest out with { longer: 'cut' }`,
              );
            const sorted =
              orderBy === undefined ? lines : inOrder(where, lines, orderBy, header.indexOf(orderBy), numeral);
            const kept = sorted.slice(0, steps);
            take(
              plan.flatMap((item, i) => cellsOf(where, item, places[i] ?? [], kept)),
              key,
            );
          }
        },
      };
    },
  };
};

/** Returns the number of steps, which all items that have some share. */
const stepsOf = (path: string, plan: readonly Item[]): number => {
  const stepped = plan.filter(({ steps }) => steps !== undefined);
  const [first] = stepped;
  if (first?.steps === undefined)
    throw new InvalidData(
      `${path}: expected a variable with steps, such as normal(24, 2), as rows are put together by a column, got ${list(plan.map(({ name, shape }) => `${name} of ${show(shape)}`))}; leave by out, or change the definition`,
    );
  const other = stepped.find(({ steps }) => steps !== first.steps);
  if (other)
    throw new InvalidData(
      `${path}: expected as many steps of ${other.name} as of ${first.name}, ${first.steps}, got ${other.steps}; change the definition`,
    );
  return first.steps;
};

const wideItem = (item: Item): Item => {
  const { steps, columns } = item;
  if (steps === undefined) return item;
  return { ...item, columns: atSteps(columns, steps) };
};

/** Returns the names of columns at each step: `speed 1`, `speed 2`. */
export const atSteps = (columns: readonly string[], steps: number): readonly string[] =>
  Array.from({ length: steps }, (_, t) => columns.map((column) => `${column} ${t + 1}`)).flat();

/** Returns an item's cells of all steps, or its one value of the sequence. */
const cellsOf = (
  where: string,
  { columns, steps, filler = '' }: Item,
  places: readonly number[],
  lines: readonly Line[],
): readonly string[] => {
  if (steps !== undefined)
    return Array.from({ length: steps }, (_, t) => {
      const row = lines[t];
      return places.map((at) => (row ? (row.cells[at] ?? '') : filler));
    }).flat();
  return places.map((at, j) => {
    const [first] = lines;
    const cell = first?.cells[at] ?? '';
    const other = lines.find(({ cells }) => (cells[at] ?? '') !== cell);
    if (other)
      throw new InvalidData(
        `${where}: expected one ${columns[j]}, got "${cell}" in row ${first?.line} and "${other.cells[at] ?? ''}" in row ${other.line}; correct it, or define it with a value for each step`,
      );
    return cell;
  });
};

/** Returns the rows of a sequence by a column: numbers and dates by value, other text by its letters. */
const inOrder = (
  where: string,
  lines: readonly Line[],
  column: string,
  at: number,
  numeral: (cell: string) => string,
): readonly Line[] => {
  const cell = ({ cells }: Line): string => cells[at] ?? '';
  if (lines.every((line) => isNumeral(numeral(cell(line)))))
    return lines.toSorted((a, b) => Number(numeral(cell(a))) - Number(numeral(cell(b))));
  const byText = lines.toSorted((a, b) => (cell(a) < cell(b) ? -1 : cell(a) > cell(b) ? 1 : 0));
  if (lines.every((line) => DATE.test(cell(line)))) {
    const times = new Map(lines.map((line) => [line, timeOf(`${where}, row ${line.line}`, column, cell(line))]));
    return byText.toSorted((a, b) => (times.get(a) ?? 0) - (times.get(b) ?? 0));
  }
  return byText;
};

/** Dates that are in another order as text: `31.12.2012`, `1/2/12`, `Mon, Dec 31, 2012`, `2012-1-2`, and months: `2012-1`, `1/2012`, `Jan 2012`. */
const DATE =
  /^((mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+)?(\d{1,2}[-/.]\d{1,2}[-/.]\d{4}|\d{1,2}([/.])\d{1,2}\4\d{2}(?!\d)|\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|[a-z]{3,9}\.? \d{1,2},? \d{4}|\d{1,2}[- ][a-z]{3,9}|(\d{4}[-/]\d{1,2}|\d{1,2}[-/]\d{4}|(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?[ -]\d{4})$)/i;

const timeOf = (where: string, column: string, cell: string): number => {
  try {
    return momentIn(cell) ?? NaN;
  } catch (error) {
    if (!isUserError(error)) throw error;
    throw new InvalidData(
      `${where}: expected a number or a date such as 2012-12-31 in ${column}, by which rows are sorted, got ${cell}; write it so, or sort the file and leave orderBy out`,
    );
  }
};
