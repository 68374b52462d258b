import { pipeline } from 'node:stream/promises';
import { decoded } from './decoded.ts';
import { lineReader, type Header, type TakeLine } from './line-reader.ts';

export type { Header, TakeLine } from './line-reader.ts';

/**
 * Reads a CSV file line by line, so that it may be larger than memory: `begin` receives its header and returns a consumer of the lines
 * after it. Throws an `InvalidFile` or an `InvalidData` if there is no such table.
 */
export const readLines = async (
  path: string,
  { delimiter, encoding }: { readonly delimiter: string; readonly encoding: string | undefined },
  begin: (header: Header) => TakeLine,
): Promise<void> => {
  const { parse } = await import('csv-parse');
  const { options, explain, end } = lineReader(path, delimiter, begin);
  try {
    await pipeline(decoded(path, encoding), parse(options).resume());
  } catch (error) {
    throw explain(error);
  }
  end();
};
