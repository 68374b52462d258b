import { createHash } from 'node:crypto';

/** Returns a fingerprint: the SHA-256, in hexadecimal, of a definition as `print(model)` writes it. */
export const fingerprint = (printed: string): string => sha256(new TextEncoder().encode(printed));

/** Returns the SHA-256 of bytes, in hexadecimal. */
export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
