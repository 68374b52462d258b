import { extname } from 'node:path';
import { csvFile } from '../data/csv.ts';
import { tableFile } from '../data/table/file-table.ts';
import type { TableFile } from '../data/table/read-table.ts';
import { marksOf } from '../making/kinds.ts';
import type { ReadOptions } from '../making/survey.ts';
import { formatOf } from './own-data/formats.ts';
import { survey } from './own-data/survey.ts';

const TEXT = ['.csv', '.tsv', '.tab', '.txt'];

/** Whether a file is a table by its ending; any other is a definition. */
export const isTable = (path: string): boolean =>
  formatOf(path) !== undefined || TEXT.includes(extname(path).toLowerCase());

/** Returns how a table is read: text as `init` understands it, with its separator, its numbers and its encoding, or as `options` say. */
export const tableAt = async (path: string, options?: ReadOptions): Promise<CommandTable> => {
  const format = formatOf(path);
  if (format) return tableFile(format.source, format.read, path);
  if (options) return csvFile(path, options);
  const found = await survey(path);
  return { ...csvFile(path, found.options), missingValues: marksOf(found.columns) };
};

/** A table that a command is given. */
export type CommandTable = TableFile & {
  /** The words between its numbers that stand for missing ones. */
  readonly missingValues?: readonly string[];
};
