import { stat } from 'node:fs/promises';
import type { AsyncBuffer, FileMetaData } from 'hyparquet';
import { InvalidData, InvalidFile, messageOf } from '../../errors.ts';
import { reason } from '../../files/whole.ts';
import type { Header, TakeLine } from './lines.ts';
import { readGroups } from './record-cells.ts';

/**
 * Reads a Parquet file row group by row group, so that it may be larger than memory; with Snappy, Gzip, Brotli, Zstandard or LZ4. Throws
 * an `InvalidFile` if it is none.
 */
export const readParquet = async (path: string, begin: (header: Header) => TakeLine): Promise<void> => {
  const { asyncBufferFromFile, parquetMetadataAsync, parquetSchema } = await import('hyparquet');
  await stat(path).catch((error: unknown) => {
    throw new InvalidFile(`${path}: expected a Parquet file, got ${reason(error)}; correct the path`);
  });
  const file = await asyncBufferFromFile(path);
  const metadata = await parquetMetadataAsync(file).catch((error: unknown) => {
    throw damaged(path, error);
  });
  const header = parquetSchema(metadata)
    .children.filter(({ children }) => children.length === 0)
    .map(({ element }) => element.name);
  if (metadata.num_rows === 0n) throw new InvalidData(`${path}: expected rows of data, got none; give some`);
  await readGroups(path, groupsOf(path, file, metadata), begin, header);
};

async function* groupsOf(
  path: string,
  file: AsyncBuffer,
  metadata: FileMetaData,
): AsyncGenerator<readonly Record<string, unknown>[]> {
  const [{ parquetReadObjects }, { compressors }] = await Promise.all([
    import('hyparquet'),
    import('hyparquet-compressors'),
  ]);
  let rowStart = 0;
  for (const group of metadata.row_groups) {
    const rowEnd = rowStart + Number(group.num_rows);
    yield await parquetReadObjects({ file, metadata, compressors, rowStart, rowEnd }).catch((error: unknown) => {
      throw damaged(path, error);
    });
    rowStart = rowEnd;
  }
}

const damaged = (path: string, error: unknown): InvalidFile =>
  new InvalidFile(
    `${path}: expected a Parquet file, got one that cannot be read (${messageOf(error).slice(0, 120)}); write it again`,
  );
