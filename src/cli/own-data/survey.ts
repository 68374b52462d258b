import { basename, extname } from 'node:path';
import { InvalidData, isUserError } from '../../errors.ts';
import { decoded } from '../../data/table/decoded.ts';
import { readLines } from '../../data/table/lines.ts';
import { shownRows } from '../../data/table/shown-rows.ts';
import { delimiterOf, formatOptions, isUsual, Tally, type Survey } from '../../making/survey.ts';
import { formatOf } from './formats.ts';

/** Reads a table once, and returns what its columns are. @throws InvalidFile or InvalidData if it is none. */
export async function survey(path: string): Promise<Survey> {
  const ending = extname(path).toLowerCase();
  const known = formatOf(path);
  if (known) {
    const tally = new Tally();
    await shownRows(path, (begin) => known.read(path, begin))(tally.begin);
    return { path, source: known.source, options: {}, rows: tally.rows, columns: tally.columns() };
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
  const format = tally.format(delimiter);
  const whole = isUsual(format) ? tally : new Tally(format);
  if (whole !== tally) await readLines(path, { delimiter, encoding: used }, whole.begin);
  return {
    path,
    source: 'csv',
    options: {
      ...(delimiter !== usual && { delimiter }),
      ...formatOptions(format),
      ...(used !== undefined && { encoding: used }),
    },
    rows: tally.rows,
    columns: whole.columns(),
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
