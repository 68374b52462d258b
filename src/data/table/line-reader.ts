import { InvalidData, isUserError, messageOf } from '../../errors.ts';
import { isNumeral } from '../../values/classes.ts';
import { list } from '../../values/value-text.ts';

/** The names of a table's columns; an unnamed one is ''. */
export type Header = readonly string[];

/** Receives the cells of a line, without surrounding white space, and its number in the file, counted from 1, or what a row is called. */
export type TakeLine = (cells: readonly string[], line: number | string) => void;

/** The longest line that is read, in bytes: an unclosed quote would take everything after it. */
const LONGEST = 2 ** 24;

/** How csv-parse reads a table's lines, and what to do at their end. */
export interface LineReader {
  readonly options: {
    readonly trim: true;
    readonly delimiter: string;
    readonly record_delimiter: string[];
    readonly relax_column_count: true;
    readonly skip_empty_lines: true;
    readonly max_record_size: number;
    readonly onRecord: (cells: string[], context: { readonly lines: number }) => null;
  };
  /** Returns the error of a user for what csv-parse throws. */
  readonly explain: (error: unknown) => unknown;
  /** @throws InvalidData if there was no header. */
  readonly end: () => void;
}

/**
 * Returns how the lines of a CSV file (RFC 4180) are read, whatever its text comes from: `begin` receives its header and returns a
 * consumer of the lines after it. Lines without any value are left out, as empty ones are.
 */
export const lineReader = (path: string, delimiter: string, begin: (header: Header) => TakeLine): LineReader => {
  let header: Header | undefined;
  let take: TakeLine | undefined;
  let last = 0;
  return {
    options: {
      trim: true,
      delimiter,
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: LONGEST,
      onRecord: (cells, { lines }) => {
        last = lines;
        if (header === undefined || take === undefined) {
          header = checkHeader(path, cells);
          take = begin(header);
        } else if (cells.some((cell) => cell !== '')) {
          checkLength(path, header, cells, lines);
          take(cells, lines);
        }
        return null; // nothing is kept
      },
    },
    explain: (error) => {
      if (isUserError(error)) return error;
      return new InvalidData(`${path}: expected CSV, got ${faultOf(error, last)}`);
    },
    end: () => {
      if (header === undefined) throw new InvalidData(`${path}: expected a header line, got an empty file; give one`);
    },
  };
};

/** What is wrong with a file that csv-parse could not read, after this many lines that it could, and what to do about it. */
const faultOf = (error: unknown, last: number): string => {
  const { code, lines }: Readonly<Record<string, unknown>> = Object(error);
  if (code === 'CSV_QUOTE_NOT_CLOSED') return `a quote after line ${last} that is never closed; close or remove it`;
  if (code === 'INVALID_OPENING_QUOTE')
    return `a quote within an unquoted cell in line ${String(lines)}; quote the whole cell, and double the quotes in it`;
  if (code === 'CSV_INVALID_CLOSING_QUOTE')
    return `text after the closing quote of a cell in line ${String(lines)}; double the quotes within a quoted cell`;
  return `a file that does not parse (${messageOf(error)}); correct it`;
};

const checkHeader = (path: string, header: Header): Header => {
  // Empty names are those of empty columns next to a table.
  const twice = header.find((name, i) => name !== '' && header.indexOf(name) !== i);
  if (twice !== undefined)
    throw new InvalidData(
      `${path}: expected each column once, got ${twice} twice; ${isNumeral(twice) ? 'write a line with names of the columns above the first, if that is a row of data, or ' : ''}rename one in the header`,
    );
  return header;
};

/**
 * Refuses a line that has more or fewer cells than there are columns, unless these cells are empty, or their columns have no
 * names.
 */
const checkLength = (path: string, header: Header, cells: readonly string[], line: number): void => {
  if (
    cells.slice(header.length).every((cell) => cell === '') &&
    header.slice(cells.length).every((name) => name === '')
  )
    return;
  const titles = cells.length > 2 * header.length ? ', or delete the lines above the names of the columns' : '';
  throw new InvalidData(
    `${path}: expected ${header.length} ${header.length === 1 ? 'cell' : 'cells'} in line ${line} (${list(header)}), got ${cells.length}; correct the line or the delimiter${titles}`,
  );
};
