import { basename, extname } from 'node:path';
import { InvalidData, isUserError } from '../../errors.ts';
import { readArrow } from '../../data/table/arrow-rows.ts';
import type { ReadRows } from '../../data/table/file-table.ts';
import { readParquet } from '../../data/table/parquet-rows.ts';
import { decoded } from '../../data/table/decoded.ts';
import { readLines } from '../../data/table/lines.ts';
import { readRecords } from '../../data/table/records.ts';
import { shownRows } from '../../data/table/shown-rows.ts';
import { delimiterOf, Tally, type Survey } from '../../making/survey.ts';

/** The formats that say themselves how they are read. */
const KNOWN: readonly {
  readonly source: Survey['source'];
  readonly endings: readonly string[];
  readonly read: ReadRows;
}[] = [
  { source: 'json', endings: ['.json'], read: (path, begin) => readRecords(path, false, begin) },
  { source: 'json', endings: ['.jsonl', '.ndjson'], read: (path, begin) => readRecords(path, true, begin) },
  { source: 'parquet', endings: ['.parquet', '.pq'], read: readParquet },
  { source: 'arrow', endings: ['.arrow', '.arrows', '.feather', '.ipc'], read: readArrow },
];

/** Reads a table once, and returns what its columns are. @throws InvalidFile or InvalidData if it is none. */
export async function survey(path: string): Promise<Survey> {
  const ending = extname(path).toLowerCase();
  const known = KNOWN.find(({ endings }) => endings.includes(ending));
  if (known) {
    const tally = new Tally();
    await shownRows(path, (begin) => known.read(path, begin))(tally.begin);
    return { path, source: known.source, options: {}, rows: tally.rows, columns: tally.columns('.') };
  }
  if (['.npy', '.npz'].includes(ending))
    throw new InvalidData(
      `${path}: expected a table or a folder of pictures, got arrays of NumPy, which say nothing of what they are; write a definition, with data = npz('${basename(path)}') or npy(…)`,
    );
  const first = await firstLine(path, undefined);
  const encoding = first === undefined ? 'windows-1252' : undefined;
  const header = first ?? (await firstLine(path, encoding)) ?? '';
  const usual = ['.tsv', '.tab'].includes(ending) ? '\t' : ',';
  const delimiter = delimiterOf(header, usual);
  const tally = new Tally();
  const read = (label: string | undefined) =>
    shownRows(path, (begin) => readLines(path, { delimiter, encoding: label }, begin))(tally.begin);
  const used = await read(encoding).then(
    () => encoding,
    async (error: unknown) => {
      // Bytes that are not UTF-8 are those of an older Windows.
      if (encoding !== undefined || !isUserError(error) || !error.message.includes('expected UTF-8')) throw error;
      await read('windows-1252');
      return 'windows-1252';
    },
  );
  const decimal = tally.decimal(delimiter);
  return {
    path,
    source: 'csv',
    options: {
      ...(delimiter !== usual && { delimiter }),
      ...(decimal === ',' && { decimal }),
      ...(used !== undefined && { encoding: used }),
    },
    rows: tally.rows,
    columns: tally.columns(decimal),
  };
}

/** Returns the first line with text; undefined if it is in another encoding. */
const firstLine = async (path: string, encoding: string | undefined): Promise<string | undefined> => {
  let text = '';
  try {
    for await (const piece of decoded(path, encoding)) {
      text += piece;
      if (/\S[^\n]*\n/.test(text)) break;
    }
  } catch (error) {
    if (encoding === undefined && isUserError(error) && error.message.includes('expected UTF-8')) return undefined;
    throw error;
  }
  return /\S[^\r\n]*/.exec(text)?.[0] ?? '';
};
