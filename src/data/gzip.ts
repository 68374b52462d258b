import { createGunzip } from 'node:zlib';
import { InvalidFile } from '../errors.ts';
import { codeOf } from '../files/whole.ts';

/** Whether bytes begin as a gzip file does. */
export const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/**
 * Unpacks a gzip file as far as needed: `most` receives the beginning, at least a kilobyte if there is one, and returns how many
 * bytes there may be. Only that many, and one more to detect an excess, are unpacked: small files may expand to gigabytes. Throws
 * an `InvalidFile` if it is not a gzip file, is truncated or is damaged.
 */
export const gunzip = async (
  bytes: Uint8Array,
  name: string,
  remedy: string,
  most: (start: Uint8Array) => number,
): Promise<Buffer> => {
  if (!isGzip(bytes)) throw new InvalidFile(`${name}: expected a gzip file, got ${opening(bytes)}; ${remedy}`);
  const parts: Buffer[] = [];
  let length = 0;
  let limit: number | undefined;
  const stream = createGunzip();
  stream.end(bytes);
  try {
    for await (const part of stream) {
      if (!Buffer.isBuffer(part)) continue; // a stream without an encoding yields nothing else
      parts.push(part);
      length += part.length;
      if (length >= START) limit ??= most(Buffer.concat(parts));
      if (limit !== undefined && length > limit) return Buffer.concat(parts, limit + 1);
    }
  } catch (error) {
    if (error instanceof InvalidFile) throw error;
    // zlib reports Z_BUF_ERROR if the input ends too early.
    const what = codeOf(error) === 'Z_BUF_ERROR' ? 'one that is truncated' : 'one that is damaged';
    throw new InvalidFile(`${name}: expected a whole gzip file, got ${what} (${bytes.length} bytes); ${remedy}`);
  }
  return Buffer.concat(parts);
};

const START = 1024;

/** Shows the beginning of a file in a message: text as text, anything else as bytes. */
const opening = (bytes: Uint8Array): string => {
  if (bytes.length === 0) return 'an empty one';
  const head = Buffer.from(bytes.subarray(0, 16)).toString('latin1');
  return /^[\x20-\x7e\s]+$/.test(head)
    ? `text that begins with ${JSON.stringify(head)}`
    : `bytes that begin with ${Buffer.from(bytes.subarray(0, 4)).toString('hex')}`;
};
