import type * as arrowModule from 'apache-arrow';
import type { DataType, RecordBatch, RecordBatchReader } from 'apache-arrow';
import { InvalidData, InvalidFile, Unavailable, isUserError, messageOf } from '../../errors.ts';
import { codeOf } from '../../files/whole.ts';
import { readBytes } from '../files.ts';
import type { Header, TakeLine } from './lines.ts';
import { unpackLz4 } from './lz4.ts';
import { readGroups } from './record-cells.ts';

type Arrow = typeof arrowModule;

/**
 * Reads an Arrow file or stream (also called Feather, version 2), batch by batch, with the optional package `apache-arrow`. Throws an
 * `InvalidFile` if it is none, and an `Unavailable` without the package.
 */
export const readArrow = async (path: string, begin: (header: Header) => TakeLine): Promise<void> => {
  const arrow = await load(path);
  const bytes = await readBytes(path, 'an Arrow file', 'correct the path');
  const reader = await attempt(path, async () => {
    const { decompressZstd } = await import('hyparquet-compressors');
    arrow.compressionRegistry.set(arrow.CompressionType.ZSTD, {
      // Of its own, so that numbers of any width begin where they may.
      decode: (data) => Uint8Array.from(decompressZstd(data)),
    });
    arrow.compressionRegistry.set(arrow.CompressionType.LZ4_FRAME, { decode: unpackLz4 });
    return arrow.RecordBatchReader.from(bytes).open();
  });
  const header = reader.schema.fields.filter(({ type }) => !isNested(arrow, type)).map(({ name }) => name);
  await readGroups(path, groupsOf(path, arrow, reader), begin, header);
};

const load = async (path: string): Promise<Arrow> => {
  try {
    return await import('apache-arrow');
  } catch (error) {
    const missing = codeOf(error) === 'ERR_MODULE_NOT_FOUND';
    throw new Unavailable(
      `${path}: expected the package apache-arrow, which reads Arrow files, got ${missing ? 'none' : `one that does not load (${messageOf(error).slice(0, 120)})`}; run npm install apache-arrow, or save the table as Parquet`,
    );
  }
};

const isNested = ({ DataType }: Arrow, type: DataType): boolean =>
  DataType.isStruct(type) || DataType.isList(type) || DataType.isFixedSizeList(type) || DataType.isMap(type);

async function* groupsOf(
  path: string,
  arrow: Arrow,
  reader: RecordBatchReader,
): AsyncGenerator<readonly Record<string, unknown>[]> {
  const batches = reader[Symbol.iterator]();
  for (;;) {
    const next = await attempt(path, async () => batches.next());
    if (next.done) return;
    yield rowsOf(arrow, next.value);
  }
}

const rowsOf = (arrow: Arrow, batch: RecordBatch): readonly Record<string, unknown>[] => {
  const columns = batch.schema.fields.map(({ name, type }, i) => [name, type, batch.getChildAt(i)] as const);
  return Array.from({ length: batch.numRows }, (_, row) =>
    Object.fromEntries(columns.map(([name, type, values]) => [name, valueOf(arrow, type, values?.get(row))])),
  );
};

/** Returns a value with dates and times as such, which Arrow gives as milliseconds, and lists and structures as plain ones. */
const valueOf = (arrow: Arrow, type: DataType, value: unknown): unknown => {
  const { DataType } = arrow;
  if (value === null || value === undefined) return null;
  if (DataType.isDate(type) || DataType.isTimestamp(type)) return new Date(Number(value));
  if (DataType.isDecimal(type)) return decimalText(value, type.scale);
  const { toJSON }: { readonly toJSON?: unknown } = Object(value);
  return typeof value === 'object' && typeof toJSON === 'function' ? toJSON.call(value) : value;
};

/** Returns a decimal number, which Arrow gives as a whole number of 10^−scale. */
const decimalText = (value: unknown, scale: number): string => {
  const text = String(value);
  const digits = text.replace('-', '').padStart(scale + 1, '0');
  const at = digits.length - scale;
  return `${text.startsWith('-') ? '-' : ''}${digits.slice(0, at)}${scale > 0 ? `.${digits.slice(at)}` : ''}`;
};

const attempt = async <T>(path: string, read: () => Promise<T>): Promise<T> => {
  try {
    return await read();
  } catch (error) {
    if (isUserError(error)) throw error;
    const what = messageOf(error).slice(0, 120);
    const isPacked = /codec|compress/i.test(what);
    if (isPacked)
      throw new InvalidData(
        `${path}: expected an Arrow file that is plain, or packed by LZ4 or Zstandard, got another compression (${what}); write it with compression='zstd', or as Parquet`,
      );
    throw new InvalidFile(`${path}: expected an Arrow file, got one that cannot be read (${what}); write it again`);
  }
};
