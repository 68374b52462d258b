import { parse } from 'csv-parse/browser/esm/sync';
import { isUserError } from '../errors.ts';
import { lineReader, type Header, type TakeLine } from '../data/table/line-reader.ts';
import type { NumberFormat } from '../data/table/numerals.ts';
import { decoderOf, textOf } from '../data/table/decoder.ts';
import { kindOf, type Known } from './kinds.ts';
import { checkForm } from './table-form.ts';
import { Courses, type Sequences } from './sequences.ts';
import { delimiterOf, formatOptions, isUsual, Tally, type Survey } from './survey.ts';

/** A table in memory: what its columns are, and its rows. */
export interface TextTable {
  readonly survey: Survey;
  readonly columns: readonly Known[];
  readonly format: NumberFormat;
  /** Reads it from its beginning: `begin` receives the header and returns what takes the rows. */
  readonly rows: (begin: (header: Header) => TakeLine) => Promise<void>;
  /** Puts its rows together by each of these columns in turn, in one reading. */
  readonly sequences: (keys: readonly string[]) => readonly Sequences[];
}

/** Reads a CSV or TSV file of this name. @throws InvalidData if it is none. */
export const readTextTable = (name: string, bytes: Uint8Array): TextTable => {
  const { text, encoding } = decode(name, bytes);
  const usual = /\.(tsv|tab)$/i.test(name) ? '\t' : ',';
  const delimiter = delimiterOf(/\S[^\r\n]*/.exec(text)?.[0] ?? '', usual);
  const read = (begin: (header: Header) => TakeLine): void => {
    const { options, explain, end } = lineReader(name, delimiter, begin);
    try {
      parse(text, options);
    } catch (error) {
      throw explain(error);
    }
    end();
  };
  const tally = new Tally();
  read(tally.begin);
  const format = tally.format(delimiter);
  const whole = isUsual(format) ? tally : new Tally(format);
  if (whole !== tally) read(whole.begin);
  const columns = whole.columns().map((column): Known => ({ ...column, is: kindOf(column) }));
  checkForm(name, columns);
  return {
    survey: {
      path: name,
      source: 'csv',
      options: {
        ...(delimiter !== usual && { delimiter }),
        ...formatOptions(format),
        ...(encoding !== undefined && { encoding }),
      },
      rows: tally.rows,
      columns,
    },
    columns,
    format,
    rows: async (begin) => read(begin),
    sequences: (keys) => {
      const all = keys.map((key) => new Courses([key]));
      read((header) => {
        const takes = all.map(({ begin }) => begin(header));
        return (...line) => {
          for (const take of takes) take(...line);
        };
      });
      return all.map((courses) => courses.sequences());
    },
  };
};

/** Bytes that are no UTF-8 are those of an older Windows. */
const decode = (name: string, bytes: Uint8Array): { readonly text: string; readonly encoding?: string } => {
  const as = (encoding?: string): string => {
    const decoder = decoderOf(name, 'CSV', encoding, bytes);
    return textOf(name, decoder, bytes, 1) + textOf(name, decoder, undefined, 1);
  };
  try {
    return { text: as() };
  } catch (error) {
    if (!isUserError(error) || !error.message.includes('expected UTF-8')) throw error;
    const encoding = 'windows-1252';
    return { text: as(encoding), encoding };
  }
};
