import { InvalidData, messageOf } from '../../errors.ts';
import { valueText } from '../../values/value-text.ts';
import { decoded } from './decoded.ts';
import type { Header, TakeLine } from './lines.ts';
import { cellsOf, type Cells } from './record-cells.ts';

/**
 * Reads the records of a JSON file, a list of objects, or of a file of JSON lines, an object a line. What is inside a member gets a
 * column too: `wind.speed`, and `wind.0` of a list. The header has the members of all records, of which one that a record does not have
 * is missing. Throws an `InvalidFile` or an `InvalidData` that names the row if it has another form.
 */
export const readRecords = async (path: string, lines: boolean, begin: (header: Header) => TakeLine): Promise<void> => {
  let text = '';
  for await (const piece of decoded(path, undefined, 'JSON')) text += piece;
  const records = lines ? linesOf(path, text) : listOf(path, text);
  const header = [...new Set(records.flatMap(({ cells }) => [...cells.keys()]))];
  if (header.length === 0)
    throw new InvalidData(`${path}: expected a list of objects, got none with a member; give some`);
  const take = begin(header);
  for (const { cells, row } of records)
    take(
      header.map((name) => cells.get(name) ?? ''),
      row,
    );
};

interface Numbered {
  readonly cells: Cells;
  readonly row: number;
}

const parse = (path: string, where: string, text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InvalidData(`${path}: expected JSON${where}, got text that is none (${messageOf(error)}); correct it`);
  }
};

const linesOf = (path: string, text: string): readonly Numbered[] =>
  text.split(/\r?\n/).flatMap((line, i) => {
    if (line.trim() === '') return [];
    return [{ cells: cellsOf(path, parse(path, ` in row ${i + 1}`, line), i + 1), row: i + 1 }];
  });

const listOf = (path: string, text: string): readonly Numbered[] => {
  const value = parse(path, '', text);
  if (!Array.isArray(value))
    throw new InvalidData(
      `${path}: expected a list of objects, got ${valueText(value)}; give [{ … }, …], or call the file .jsonl if each of its lines is an object`,
    );
  return value.map((one: unknown, i) => ({ cells: cellsOf(path, one, i + 1), row: i + 1 }));
};
