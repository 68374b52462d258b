import { createGunzip } from 'node:zlib';
import { InvalidFile } from '../errors.ts';
import { codeOf } from '../files/whole.ts';

/** Whether bytes begin as a gzip file does. */
export const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/**
 * What a gzip file holds, as far as it is needed: `most` is told how it begins, with at least a kilobyte where there is one, and
 * gives how many bytes there may be. No more than these, and one to see that there are more, are unpacked: small files may hold
 * gigabytes. Throws an `InvalidFile` where it is no gzip file, is truncated or is damaged.
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
      if (!Buffer.isBuffer(part)) continue; // a stream without an encoding gives nothing else
      parts.push(part);
      length += part.length;
      if (length >= START) limit ??= most(Buffer.concat(parts));
      if (limit !== undefined && length > limit) return Buffer.concat(parts, limit + 1);
    }
  } catch (error) {
    if (error instanceof InvalidFile) throw error;
    // zlib says Z_BUF_ERROR where the input ends too early.
    const what = codeOf(error) === 'Z_BUF_ERROR' ? 'one that is truncated' : 'one that is damaged';
    throw new InvalidFile(`${name}: expected a whole gzip file, got ${what} (${bytes.length} bytes); ${remedy}`);
  }
  return Buffer.concat(parts);
};

const START = 1024;

/** How a file begins, for a message: text as text, anything else as bytes. */
const opening = (bytes: Uint8Array): string => {
  if (bytes.length === 0) return 'an empty one';
  const head = Buffer.from(bytes.subarray(0, 16)).toString('latin1');
  return /^[\x20-\x7e\s]+$/.test(head)
    ? `text that begins with ${JSON.stringify(head)}`
    : `bytes that begin with ${Buffer.from(bytes.subarray(0, 4)).toString('hex')}`;
};
