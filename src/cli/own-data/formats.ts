import { extname } from 'node:path';
import { readArrow } from '../../data/table/arrow-rows.ts';
import type { ReadRows } from '../../data/table/file-table.ts';
import { readParquet } from '../../data/table/parquet-rows.ts';
import { readJson } from '../../data/table/records.ts';
import type { Survey } from '../../making/survey.ts';

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
/** Returns the format of a file by its ending; undefined for text in columns. */
export const formatOf = (path: string): Format | undefined => {
  const ending = extname(path).toLowerCase();
  return FORMATS.find(({ endings }) => endings.includes(ending));
};
