import { createHash } from 'node:crypto';
import { InvalidFile } from '../errors.ts';
import { decodeSafetensors, encodeSafetensors, type Safetensors } from './safetensors.ts';
import type { Weights } from './weights.ts';

// The format has no checksum of its own: a flipped bit would be a different weight.

/** The metadata key for the SHA-256 of a file, in hexadecimal, computed with zeros in its place. */
const SHA256 = 'cvae.sha256';
/** Marks that a checksum must be present: no single damaged bit can remove both. */
const SEALED = 'cvae.sealed';
const ZEROS = '0'.repeat(64);

/** Encodes weights in the safetensors format, with a checksum of all its bytes in the metadata. */
export const encodeSealed = (
  weights: Weights,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> => {
  const bytes = encodeSafetensors(weights, { ...metadata, [SEALED]: 'sha256', [SHA256]: ZEROS });
  const sum = createHash('sha256').update(bytes).digest('hex');
  bytes.set(new TextEncoder().encode(sum), placeOf(bytes, ZEROS));
  return bytes;
};

/**
 * Decodes the safetensors format, as `decodeSafetensors` does, and verifies the checksum if there is one; files of earlier
 * versions and of other programs have none. Throws an `InvalidFile`, which begins with `where`, for bytes that have changed.
 */
export const decodeSealed = (bytes: Uint8Array, where: string): Safetensors => {
  const { weights, metadata } = decodeSafetensors(bytes, where);
  const { [SHA256]: sum, [SEALED]: sealed, ...others } = metadata;
  if (sum === undefined && sealed === undefined) return { weights, metadata };
  const at = sum?.length === ZEROS.length ? placeOf(bytes, sum) : -1;
  const zeros = new TextEncoder().encode(ZEROS);
  const hash = createHash('sha256');
  for (const part of at < 0 ? [] : [bytes.subarray(0, at), zeros, bytes.subarray(at + zeros.length)]) hash.update(part);
  if (hash.digest('hex') !== sum)
    throw new InvalidFile(
      `${where}: expected the bytes that were written, got changed ones; copy the file again, or train again (another program that means to change it leaves ${SEALED} and ${SHA256} out of its metadata)`,
    );
  return { weights, metadata: others };
};

/** Returns the offset of a checksum in a file; negative if it is not found. */
const placeOf = (bytes: Uint8Array, sum: string): number => {
  const before = `"${SHA256}":"`;
  // It is in the header, whose length is in front of it; in this encoding, a byte is a character.
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const at = new TextDecoder('latin1').decode(bytes.subarray(0, 8 + length)).indexOf(`${before}${sum}"`);
  return at < 0 ? at : at + before.length;
};
