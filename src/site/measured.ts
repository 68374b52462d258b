import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';

/** A file's length and SHA-256, in hexadecimal. */
export interface Measured {
  readonly bytes: number;
  readonly sha256: string;
}

/** Measures bytes. */
export const measuredBytes = (bytes: Uint8Array): Measured => ({
  bytes: bytes.length,
  sha256: createHash('sha256').update(bytes).digest('hex'),
});

/** Measures a file; one that has not changed since the last time is not read again. */
export const measured = async (path: string): Promise<Measured> => {
  const { size, mtimeMs } = await stat(path);
  const known = seen.get(path);
  if (known?.bytes === size && known.mtimeMs === mtimeMs) return known;
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  const found = { bytes: size, mtimeMs, sha256: hash.digest('hex') };
  seen.set(path, found);
  return found;
};

const seen = new Map<string, Measured & { readonly mtimeMs: number }>();
