import { InvalidFile } from '../errors.ts';
import type { OpenOptions } from './open-options.ts';

/** What a file at an address should be, and what to do where it is not. */
export interface Wanted {
  readonly what: string;
  readonly remedy: string;
}

/**
 * The bytes at an address; throws an `InvalidFile` that says what came back where they are not to be had. An HTML page is
 * never what was meant: many servers answer addresses that they do not know with one.
 */
export const download = async (
  url: URL,
  { what, remedy }: Wanted,
  { signal, onProgress }: Pick<OpenOptions, 'signal' | 'onProgress'>,
): Promise<Uint8Array<ArrayBuffer>> => {
  const refuse = (got: string, cause?: unknown): never => {
    throw new InvalidFile(`${url}: expected ${what}, got ${got}; ${remedy}`, { cause });
  };
  // Whatever fails because the caller gave up is told by the signal's reason.
  const failed =
    (got: string) =>
    (error: unknown): never => {
      signal?.throwIfAborted();
      return refuse(got, error);
    };
  const response = await fetch(url, { ...(signal && { signal }) }).catch(
    failed('no answer (is there a network, and may this page ask that server: CORS, connect-src?)'),
  );
  if (!response.ok) refuse(`${response.status} ${response.statusText}`.trim());
  const type = response.headers.get('content-type') ?? '';
  if (type.startsWith('text/html')) refuse('an HTML page');
  const compressed = response.headers.has('content-encoding');
  const length = compressed ? null : response.headers.get('content-length');
  const total = length === null ? undefined : Number(length);
  const file = url.pathname.split('/').at(-1) ?? '';

  const chunks: Uint8Array[] = [];
  let loaded = 0;
  const reader = response.body?.getReader();
  for (;;) {
    const { done, value } = (await reader?.read().catch(failed('an answer that was cut off'))) ?? { done: true };
    if (done || value === undefined) break;
    chunks.push(value);
    loaded += value.length;
    onProgress?.({ file, loaded, total });
  }
  const bytes = new Uint8Array(loaded);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  // Some servers name no type, or a wrong one.
  if (/^\s*<(!doctype|html)/i.test(new TextDecoder().decode(bytes.subarray(0, 64)))) refuse('an HTML page');
  return bytes;
};
