import { setTimeout as wait } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import { messageOf, Unavailable } from '../errors.ts';
import { codeOf } from '../files/whole.ts';
import type { DataProgress } from './progress.ts';

/** How a file is downloaded. */
export interface DownloadOptions {
  /** The name of the file in messages. */
  readonly name: string;
  /** The end of an `Unavailable`'s message. */
  readonly remedy: string;
  readonly progress?: (at: DataProgress) => void;
  readonly signal?: AbortSignal;
  /** The number of attempts in all; 4 by default. */
  readonly attempts?: number;
  /** The milliseconds before the second attempt, doubled before each further one; 500 by default. */
  readonly pause?: number;
  /** The milliseconds without a byte after which an attempt is abandoned; 30,000 by default. */
  readonly patience?: number;
}

/**
 * Downloads the bytes at an address, through the proxy that `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` name. A broken connection
 * is resumed from where it broke, if the server supports that; transient errors are retried, with pauses. Throws an `Unavailable`
 * if that does not help, and the signal's reason if it is aborted.
 */
export const download = async (url: string, options: DownloadOptions): Promise<Buffer> => {
  const { name, remedy, signal, attempts = 4, patience = 30_000 } = options;
  const { EnvHttpProxyAgent, interceptors } = await import('undici');
  const agent = new EnvHttpProxyAgent({
    headersTimeout: patience,
    bodyTimeout: patience,
    connectTimeout: Math.min(patience, 10_000),
  });
  const dispatcher = agent.compose(interceptors.redirect({ maxRedirections: 5 }));
  const partial: Partial = { parts: [], received: 0 };
  let pause = options.pause ?? 500;
  try {
    for (let attempt = 1; ; attempt++) {
      const failure = await fetchRest(dispatcher, url, partial, options);
      if (failure === undefined) return Buffer.concat(partial.parts);
      signal?.throwIfAborted();
      if (failure.final || attempt === attempts)
        throw new Unavailable(`${name}: expected ${url} to give the file, got ${failure.what}; ${remedy}`);
      const milliseconds = Math.max(pause, failure.after ?? 0);
      await wait(milliseconds, undefined, signal ? { signal } : {}).catch(() => signal?.throwIfAborted());
      pause *= 2;
    }
  } catch (error) {
    options.progress?.({ file: name, received: partial.received, state: 'failed' });
    throw error;
  } finally {
    await agent.destroy();
  }
};

/** What has been received so far, and the server's mark of its version. */
interface Partial {
  parts: Buffer[];
  received: number;
  version?: string;
}

interface Failure {
  readonly what: string;
  /** Whether another attempt would not help. */
  readonly final: boolean;
  /** The milliseconds that the server asks to wait before another attempt. */
  readonly after?: number;
}

/** Makes one attempt: adds what is received to `partial`, and returns what went wrong, if anything. */
const fetchRest = async (
  dispatcher: Dispatcher,
  url: string,
  partial: Partial,
  { name, progress, signal }: DownloadOptions,
): Promise<Failure | undefined> => {
  try {
    const { origin, pathname, search } = new URL(url);
    const { statusCode, headers, body } = await dispatcher.request({
      origin,
      path: pathname + search,
      method: 'GET',
      headers: resume(partial),
      signal: signal ?? null,
    });
    if (statusCode !== 200 && statusCode !== 206) {
      await body.dump();
      // The server does not have the requested range: fetch the whole file.
      if (statusCode === 416) forget(partial);
      const final = ![408, 416, 425, 429].includes(statusCode) && statusCode < 500;
      return {
        what: `status ${statusCode}`,
        final,
        after: Math.min(Number(headers['retry-after'] ?? 0) || 0, 10) * 1000,
      };
    }
    if (statusCode === 200) forget(partial);
    const version = headers['etag'] ?? headers['last-modified'];
    if (typeof version === 'string') partial.version = version;
    const length = Number(headers['content-length']);
    const total = Number.isFinite(length) ? { total: partial.received + length } : {};
    for await (const chunk of body) {
      if (!Buffer.isBuffer(chunk)) continue;
      partial.parts.push(chunk);
      partial.received += chunk.length;
      progress?.({ file: name, received: partial.received, ...total, state: 'running' });
    }
    progress?.({ file: name, received: partial.received, ...total, state: 'done' });
    return undefined;
  } catch (error) {
    const what = WORDS[codeOf(error)] ?? (messageOf(error) || codeOf(error));
    return {
      what: partial.received > 0 ? `${what} after ${partial.received} bytes` : what,
      final: codeOf(error) === 'ERR_INVALID_URL',
    };
  }
};

const resume = ({ received, version }: Partial): Record<string, string> =>
  received > 0 && version !== undefined ? { range: `bytes=${received}-`, 'if-range': version } : {};

const forget = (partial: Partial): void => {
  partial.parts = [];
  partial.received = 0;
  delete partial.version;
};

const WORDS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'no answer from the name server',
  ECONNREFUSED: 'a refused connection',
  ECONNRESET: 'a connection that broke',
  ERR_INVALID_URL: 'an address that is none',
  UND_ERR_SOCKET: 'a connection that broke',
  UND_ERR_CONNECT_TIMEOUT: 'no connection in time',
  UND_ERR_HEADERS_TIMEOUT: 'no answer in time',
  UND_ERR_BODY_TIMEOUT: 'a connection that fell silent',
};
