import { promisify } from 'node:util';
import { gunzip as inflate } from 'node:zlib';
import { InvalidFile } from '../errors.ts';
import { codeOf } from '../files/whole.ts';

/** Whether bytes begin as a gzip file does. */
export const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** What a gzip file holds. Throws an `InvalidFile` where it is none, is truncated or is damaged. */
export const gunzip = async (bytes: Uint8Array, name: string, remedy: string): Promise<Buffer> => {
  if (!isGzip(bytes)) throw new InvalidFile(`${name}: expected a gzip file, got ${opening(bytes)}; ${remedy}`);
  return promisify(inflate)(bytes).catch((error: unknown) => {
    // zlib says Z_BUF_ERROR where the input ends too early.
    const what = codeOf(error) === 'Z_BUF_ERROR' ? 'one that is truncated' : 'one that is damaged';
    throw new InvalidFile(`${name}: expected a whole gzip file, got ${what} (${bytes.length} bytes); ${remedy}`);
  });
};

/** How a file begins, for a message: text as text, anything else as bytes. */
const opening = (bytes: Uint8Array): string => {
  if (bytes.length === 0) return 'an empty one';
  const head = Buffer.from(bytes.subarray(0, 16)).toString('latin1');
  return /^[\x20-\x7e\s]+$/.test(head)
    ? `text that begins with ${JSON.stringify(head)}`
    : `bytes that begin with ${Buffer.from(bytes.subarray(0, 4)).toString('hex')}`;
};
