import { InvalidData } from '../../errors.ts';
import { valueText } from '../../values/value-text.ts';

/** Node's types of the global class have only its value. */
export type Decoder = InstanceType<typeof TextDecoder>;

const MARKS: readonly (readonly [string, readonly number[]])[] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
];

/** The first bytes of files that are not text. */
const OTHERS: readonly (readonly [string, readonly number[]])[] = [
  ['a workbook or a ZIP file; save it as CSV', [0x50, 0x4b, 0x03, 0x04]],
  ['a gzip file; unpack it', [0x1f, 0x8b]],
  ['a Parquet file; save it as CSV', [0x50, 0x41, 0x52, 0x31]],
];

/**
 * Returns what decodes text that begins with these bytes: in this encoding, in that which its byte order mark names, else in UTF-8.
 *
 * @throws InvalidData for bytes that are of another kind of file, and for an encoding that nobody knows.
 */
export const decoderOf = (
  path: string,
  what: string,
  encoding: string | undefined,
  bytes: Uint8Array = new Uint8Array(),
): Decoder => {
  const begins = ([, mark]: readonly [string, readonly number[]]): boolean =>
    mark.every((byte, i) => bytes[i] === byte);
  const other = OTHERS.find(begins);
  if (other) throw new InvalidData(`${path}: expected ${what}, got ${other[0]}`);
  const label = MARKS.find(begins)?.[0] ?? encoding ?? 'utf-8';
  try {
    return new TextDecoder(label, { fatal: true });
  } catch {
    throw new InvalidData(
      `csv: expected an encoding that TextDecoder knows, got ${valueText(label)}; give windows-1252, say, or utf-16le`,
    );
  }
};

/** Decodes the next bytes, or the end. @throws InvalidData, which names the line, for bytes that are invalid in the encoding. */
export const textOf = (path: string, decoder: Decoder, bytes: Uint8Array | undefined, line: number): string => {
  let text: string;
  try {
    text = bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode();
  } catch {
    const name = decoder.encoding === 'utf-8' ? 'UTF-8' : decoder.encoding;
    const at = bytes ? `line ${line + wrongLine(decoder.encoding, bytes)}` : 'its last line';
    throw new InvalidData(
      `${path}: expected ${name}, got other bytes in ${at}; save it as UTF-8, or give its { encoding: 'windows-1252' }, say`,
    );
  }
  if (text.includes('\0'))
    throw new InvalidData(
      `${path}: expected text, got characters of code 0, as UTF-16 has in another encoding; give { encoding: 'utf-16le' }, or save it as UTF-8`,
    );
  return text;
};

/** Returns how many lines of these bytes come before the one that cannot be decoded. */
const wrongLine = (encoding: string, bytes: Uint8Array): number => {
  let [lines, from] = [0, 0];
  for (let to = bytes.indexOf(10); to >= 0; to = bytes.indexOf(10, from)) {
    try {
      new TextDecoder(encoding, { fatal: true }).decode(bytes.subarray(from, to));
    } catch {
      // The first line may begin in the middle of a character.
      if (lines > 0 || from === 0) return lines;
    }
    [lines, from] = [lines + 1, to + 1];
  }
  return lines;
};
