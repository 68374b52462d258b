import { stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { InvalidData, messageOf } from '../../errors.ts';
import { valueText } from '../../values/value-text.ts';
import { showCount } from '../count-progress.ts';
import { decoded } from './decoded.ts';
import type { Header, TakeLine } from './lines.ts';
import { cellsOf, type Cells } from './record-cells.ts';

/** How large a file is whose records are kept in memory, in bytes; a larger one is read twice, first for the names of its members. */
const LARGEST_KEPT = 2 ** 26;

/**
 * Reads the records of a JSON file, a list of objects, or of a file of JSON lines, an object a line; it may be larger than memory. What is
 * inside a member gets a column too: `wind.speed`, and `wind.0` of a list. The header has the members of all records, of which one that a
 * record does not have is missing. Throws an `InvalidFile` or an `InvalidData` that names the row if it has another form.
 */
export const readRecords = async (
  path: string,
  lines: boolean,
  begin: (header: Header) => TakeLine,
  most = LARGEST_KEPT,
): Promise<void> => {
  const read = () => (lines ? recordsOfLines(path) : recordsOfList(path));
  const { size } = await stat(path).catch(() => ({ size: 0 })); // reading it says what is wrong with it
  const kept: Numbered[] = [];
  const names = new Set<string>();
  const shown = showCount(`${path}, for names`, 'rows');
  try {
    for await (const record of read()) {
      if (size <= most) kept.push(record);
      for (const name of record.cells.keys()) names.add(name);
      if (record.row % 1000 === 0) shown.at(record.row);
    }
  } finally {
    shown.end();
  }
  const header = [...names];
  if (header.length === 0)
    throw new InvalidData(`${path}: expected a list of objects, got none with a member; give some`);
  const take = begin(header);
  for await (const { cells, row } of size <= most ? kept : read())
    take(
      header.map((name) => cells.get(name) ?? ''),
      row,
    );
};

/** Reads the records of a JSON file, an object a line if its name says so. */
export const readJson = (path: string, begin: (header: Header) => TakeLine): Promise<void> =>
  readRecords(path, ['.jsonl', '.ndjson'].includes(extname(path).toLowerCase()), begin);

interface Numbered {
  readonly cells: Cells;
  readonly row: number;
}

const noJson = (path: string, where: string, error: unknown, or = ''): InvalidData =>
  new InvalidData(`${path}: expected JSON${where}, got text that is none (${messageOf(error)}); correct it${or}`);

const OR_LINES = ', or call the file .jsonl if each of its lines is an object';

async function* recordsOfLines(path: string): AsyncGenerator<Numbered> {
  let row = 0;
  for await (const line of linesOf(path)) {
    row++;
    if (line.trim() === '') continue;
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch (error) {
      throw noJson(path, ` in row ${row}`, error);
    }
    yield { cells: cellsOf(path, value, row), row };
  }
}

async function* linesOf(path: string): AsyncGenerator<string> {
  let rest = '';
  for await (const piece of decoded(path, undefined, 'JSON')) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  yield rest;
}

async function* recordsOfList(path: string): AsyncGenerator<Numbered> {
  const { JSONParser } = await import('@streamparser/json');
  let found: unknown[] = [];
  let error: unknown;
  const parser = new JSONParser({ paths: ['$.*'], keepStack: false });
  parser.onValue = ({ value }) => found.push(value);
  parser.onError = (reason) => (error ??= reason);
  let begun = '';
  let row = 0;
  for await (const piece of decoded(path, undefined, 'JSON')) {
    begun ||= piece.trimStart()[0] ?? '';
    if (begun !== '' && begun !== '[') throw await noList(path);
    // White space may follow the end.
    if (!parser.isEnded || piece.trim() !== '') parser.write(piece);
    if (error !== undefined) throw noJson(path, '', error);
    for (const value of found) yield { cells: cellsOf(path, value, ++row), row };
    found = [];
  }
  if (!parser.isEnded) throw noJson(path, '', new Error('it ends too early'));
}

/** Returns the member of an object that is a list of objects, as `features` in GeoJSON. */
const listIn = (value: unknown): string | undefined =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).find(
        ([, list]) =>
          Array.isArray(list) && list.length > 0 && list.every((one) => typeof one === 'object' && one !== null),
      )?.[0]
    : undefined;

/** Returns the error for a file that holds something else. */
const noList = async (path: string): Promise<InvalidData> => {
  let text = '';
  try {
    for await (const piece of decoded(path, undefined, 'JSON')) text += piece;
    const value: unknown = JSON.parse(text);
    const member = listIn(value);
    const remedy =
      member === undefined
        ? `give [{ … }, …]${OR_LINES}`
        : `write the list in its member ${member} into a file of its own`;
    return new InvalidData(`${path}: expected a list of objects, got ${valueText(value)}; ${remedy}`);
  } catch (error) {
    return noJson(path, '', error, text.trimStart().startsWith('{') ? OR_LINES : '');
  }
};
