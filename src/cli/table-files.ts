import { extname } from 'node:path';
import { csvFile } from '../data/csv.ts';
import { readArrow } from '../data/table/arrow-rows.ts';
import { tableFile, type ReadRows } from '../data/table/file-table.ts';
import { readParquet } from '../data/table/parquet-rows.ts';
import type { TableFile } from '../data/table/read-table.ts';
import { readJson } from '../data/table/records.ts';
import type { ReadOptions, Survey } from '../making/survey.ts';

/** A format that says itself how it is read. */
interface Format {
  readonly source: Survey['source'];
  readonly endings: readonly string[];
  readonly read: ReadRows;
}

const FORMATS: readonly Format[] = [
  { source: 'json', endings: ['.json', '.jsonl', '.ndjson'], read: readJson },
  { source: 'parquet', endings: ['.parquet', '.pq'], read: readParquet },
  { source: 'arrow', endings: ['.arrow', '.arrows', '.feather', '.ipc'], read: readArrow },
];
const TEXT = ['.csv', '.tsv', '.tab', '.txt'];

/** Returns the format of a file by its ending; undefined for text in columns. */
export const formatOf = (path: string): Format | undefined => {
  const ending = extname(path).toLowerCase();
  return FORMATS.find(({ endings }) => endings.includes(ending));
};

/** Whether a file is a table by its ending; any other is a definition. */
export const isTable = (path: string): boolean =>
  formatOf(path) !== undefined || TEXT.includes(extname(path).toLowerCase());

/** Returns how a table is read: text as `init` understands it, with its separator, its numbers and its encoding, or as `options` say. */
export const tableAt = async (path: string, options?: ReadOptions): Promise<TableFile> => {
  const format = formatOf(path);
  if (format) return tableFile(format.source, format.read, path);
  if (options) return csvFile(path, options);
  const { survey } = await import('./own-data/survey.ts');
  return csvFile(path, (await survey(path)).options);
};
