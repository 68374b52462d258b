import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { constants, gunzip, gzip, inflate, deflate } from 'node:zlib';
import { errorCode } from '../errors.ts';
import { refuse } from './refusal.ts';

/** Reads a body of at most `most` bytes, and expands it to as many at most if it is compressed. @throws Refusal otherwise. */
export const readBody = async (request: IncomingMessage, most: number): Promise<Uint8Array> => {
  const tooLarge = () =>
    refuse(`expected a body of at most ${most} bytes, got a larger one; send fewer rows at a time`, 413);
  const body = await new Promise<Buffer>((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = Number(request.headers['content-length'] ?? 0);
    // Somewhat too large a body is received and dropped: few clients look for an answer while they send.
    if (length > PATIENCE * most) return reject(tooLarge());
    length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= most) chunks.push(chunk);
      else chunks.length = 0;
      if (length > PATIENCE * most) reject(tooLarge());
    });
    request.on('end', () => (length > most ? reject(tooLarge()) : resolve(Buffer.concat(chunks))));
    request.on('error', () => reject(refuse('the client has gone', GONE)));
    return undefined;
  });
  const coding = request.headers['content-encoding'] ?? 'identity';
  if (coding === 'identity') return body;
  const expand = coding === 'gzip' ? gunzip : coding === 'deflate' ? inflate : undefined;
  if (!expand) throw refuse(`Content-Encoding: expected gzip, deflate or none, got ${coding}; send one of these`, 415);
  return promisify<Buffer, object, Buffer>(expand)(body, { maxOutputLength: most }).catch((error: unknown) => {
    if (errorCode(error) === 'ERR_BUFFER_TOO_LARGE') throw tooLarge();
    throw refuse(`expected a body in ${coding}, got other bytes; compress it again`);
  });
};

/** The status of a request whose client does not wait for the answer. */
export const GONE = 499;

/** How many times as much as is allowed is received before the connection is closed. */
const PATIENCE = 4;

/** Compresses a body if the client accepts that, as quickly as can be; a short one stays as it is. */
export const compressed = async (
  body: Buffer,
  accepted = '',
): Promise<{ readonly body: Buffer; readonly coding?: string }> => {
  const coding = (['gzip', 'deflate'] as const).find((name) =>
    new RegExp(`\\b${name}\\b(?!;\\s*q=0(\\.0*)?(,|$))`).test(accepted),
  );
  if (!coding || body.length < SHORT) return { body };
  const compress = promisify<Buffer, object, Buffer>(coding === 'gzip' ? gzip : deflate);
  return { body: await compress(body, { level: constants.Z_BEST_SPEED }), coding };
};

/** Bytes that are sent in one packet anyway. */
const SHORT = 1400;
