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
 * Downloads the bytes at an address; throws an `InvalidFile` that says what came back if that fails. An HTML page is never
 * accepted: many servers answer unknown addresses with one.
 */
export const download = async (url: URL, wanted: Wanted, options: Downloading): Promise<Uint8Array<ArrayBuffer>> => {
  const { signal, onProgress } = options;
  const refuse = (got: string, cause?: unknown): never => {
    throw refusal(url, wanted, got, cause);
  };
  // A failure caused by the caller's abort is reported as the signal's reason.
  const failed =
    (got: string) =>
    (error: unknown): never => {
      signal?.throwIfAborted();
      return refuse(got, error);
    };
  // It has the signal and the headers; `fetch` takes no notice of what else is in it.
  const response = await fetch(url, options as RequestInit).catch(
    failed('no answer (no network, or forbidden by CORS or connect-src)'),
  );
  if (!response.ok) refuse(`${response.status} ${response.statusText}`.trim());
  const cutOff = failed('an answer that was cut off');
  const bytes = new Uint8Array(
    await (onProgress ? counted(url, response, onProgress) : response).arrayBuffer().catch(cutOff),
  );
  // Not by its media type, which file servers may not know.
  if (bytes[0] === 0x3c) refuse('an HTML page');
  return bytes;
};

/** The same response, whose chunks are counted as they come: they pass through the thread, so only where somebody wants to know. */
const counted = (
  url: URL,
  { headers, body }: Response,
  onProgress: NonNullable<Downloading['onProgress']>,
): Response => {
  const total = (!headers.has('content-encoding') && Number(headers.get('content-length'))) || undefined;
  const file = url.pathname.split('/').at(-1) ?? '';
  let loaded = 0;
  const counting = new TransformStream<Uint8Array, Uint8Array>({
    transform: (chunk, to) => {
      onProgress({ file, loaded: (loaded += chunk.length), total });
      to.enqueue(chunk);
    },
  });
  return new Response(body?.pipeThrough(counting));
};
