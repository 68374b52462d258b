import { createReadStream } from 'node:fs';
import { InvalidData, InvalidFile } from '../../errors.ts';
import { reason } from '../../files/whole.ts';
import { decoderOf, textOf, type Decoder } from './decoder.ts';

/**
 * Decodes the text of a file, which messages call CSV or JSON, piece by piece: in this encoding, in that which its byte order mark names, else in UTF-8. Throws an
 * `InvalidFile` if it cannot be read, and an `InvalidData` that names the line for bytes that are invalid in its encoding.
 */
export async function* decoded(
  path: string,
  encoding: string | undefined,
  what: 'CSV' | 'JSON' = 'CSV',
): AsyncGenerator<string> {
  let decoder: Decoder | undefined;
  let line = 1;
  const decode = (bytes: Uint8Array | undefined): string => {
    const before = decoder ?? decoderOf(path, what, encoding, bytes);
    decoder = before;
    const text = textOf(path, before, bytes, line);
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) line++;
    return text;
  };
  const stream = createReadStream(path, { highWaterMark: 2 ** 18 });
  try {
    for await (const bytes of stream) {
      if (!Buffer.isBuffer(bytes)) continue; // a stream without an encoding yields nothing else
      yield decode(bytes);
    }
  } catch (error) {
    if (error instanceof InvalidData) throw error;
    throw new InvalidFile(`${path}: expected a ${what} file, got ${reason(error)}; correct the path`);
  }
  yield decode(undefined);
}
