import { createHash } from 'node:crypto';

/** A fingerprint: the SHA-256, in hexadecimal, of a definition as `print(model)` gives it. */
export const fingerprint = (printed: string): string => sha256(new TextEncoder().encode(printed));

/** SHA-256 of bytes, in hexadecimal. */
export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
