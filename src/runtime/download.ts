import { InvalidFile } from '../errors.ts';
import type { OpenOptions } from './open-options.ts';

/** What a file at an address should be, and the remedy if it is not. */
export interface Wanted {
  readonly what: string;
  readonly remedy: string;
}

/** How a file is downloaded; `headers` are those of its request. */
export interface Downloading extends Pick<OpenOptions, 'signal'> {
  readonly onProgress?: OpenOptions['onProgress'] | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Returns the error for an address that has something else. */
export const refusal = (
  url: URL | string,
  { what, remedy }: Wanted,
  got: string | number,
  cause?: unknown,
): InvalidFile => new InvalidFile(`${url}: expected ${what}, got ${got}; ${remedy}`, { cause });

/**
 * Downloads the bytes at an address; throws an `InvalidFile` that says what came back if that fails.
 */
export const download = async (url: URL, wanted: Wanted, options: Downloading): Promise<Uint8Array<ArrayBuffer>> => {
  // It has the signal and the headers; `fetch` takes no notice of what else is in it.
  const response = await fetch(url, options as RequestInit).catch((error: unknown) => {
    options.signal?.throwIfAborted();
    throw refusal(url, wanted, 'no answer (no network, or forbidden by CORS or connect-src)', error);
  });
  return received(response, url, wanted, options);
};

/**
 * Returns the bytes of an answer; throws an `InvalidFile` that says what it is if it is none, is cut off, or is an HTML page, with which many
 * servers answer unknown addresses. An abort is reported as the signal's reason.
 */
export const received = async (
  response: Response,
  from: URL | string,
  wanted: Wanted,
  { signal, onProgress }: Downloading,
): Promise<Uint8Array<ArrayBuffer>> => {
  if (!response.ok) throw refusal(from, wanted, `${response.status} ${response.statusText}`.trim());
  const whole = onProgress ? counted(from, response, onProgress) : response;
  const body = await whole.arrayBuffer().catch((error: unknown) => {
    signal?.throwIfAborted();
    throw refusal(from, wanted, 'an answer that was cut off', error);
  });
  const bytes = new Uint8Array(body);
  // Not by its media type, which file servers may not know.
  if (bytes[0] === 0x3c) throw refusal(from, wanted, 'an HTML page');
  return bytes;
};

/** The same response, whose chunks are counted as they come: they pass through the thread, so only where somebody wants to know. */
const counted = (
  from: URL | string,
  { headers, body }: Response,
  onProgress: NonNullable<Downloading['onProgress']>,
): Response => {
  const total = (!headers.has('content-encoding') && Number(headers.get('content-length'))) || undefined;
  const file = /[^/]*$/.exec(String(from).replace(/[?#].*/, ''))?.[0] ?? '';
  let loaded = 0;
  const counting = new TransformStream<Uint8Array, Uint8Array>({
    transform: (chunk, to) => {
      onProgress({ file, loaded: (loaded += chunk.length), total });
      to.enqueue(chunk);
    },
  });
  return new Response(body?.pipeThrough(counting));
};
