import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { basename, dirname } from 'node:path';
import { createHash } from 'node:crypto';
import send from 'send';
import { messageOf } from '../errors.ts';
import { cachingOf, headersOf, typeOf } from './headers.ts';
import { foreign, isLocalName, LOOPBACK, listening, nameOf } from './listening.ts';
import type { Site, Source } from './source.ts';

/** Where and how a site is served. */
export interface ServeOptions {
  /** The address to listen on: by default the loopback address, which other machines cannot reach. */
  readonly host?: string;
  /** A port, which must be free; by default a fixed one, or any that is free. */
  readonly port?: number;
  /** Whether the page may use threads, by COOP and COEP. */
  readonly isolate?: boolean;
}

/** A site that is being served. */
export interface Served {
  /** The addresses of the site; more than one if it listens on all addresses of the machine. */
  readonly urls: readonly string[];
  /** Stops it; responses in progress are cut off. */
  close(): Promise<void>;
}

/**
 * Serves a site, rebuilt for each request. It answers GET and HEAD for the addresses of the site, and for nothing else on the
 * disk.
 *
 * @throws Unavailable if it cannot listen there.
 */
export const serveSite = async (site: () => Promise<Site>, options: ServeOptions = {}): Promise<Served> => {
  const { host = LOOPBACK, port, isolate = false } = options;
  const headers = headersOf({ isolate });
  const isLocal = isLocalName(host);
  const server = createServer((request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    answer(request, response, site, isLocal).catch((error: unknown) => {
      if (!response.headersSent) say(response, 500, messageOf(error));
      else response.destroy();
    });
  });
  const { urls, close } = await listening(server, host, port, USUAL);
  return {
    urls,
    close: () => {
      const closed = close();
      server.closeAllConnections();
      return closed;
    },
  };
};

/** The same each time, so that a browser, whose cache depends on the port, does not store everything again. */
const USUAL = 8377;

const answer = async (
  request: IncomingMessage,
  response: ServerResponse,
  site: () => Promise<Site>,
  isLocal: boolean,
): Promise<void> => {
  const { method = '', url = '', headers } = request;
  if (method !== 'GET' && method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD');
    return say(response, 405, `${method} is not answered here, only GET and HEAD`);
  }
  if (isLocal && !isLocalName(nameOf(headers.host))) return say(response, 421, foreign(headers.host));
  const address = addressOf(url);
  if (address === undefined) return say(response, 400, 'that is no address');
  const files = await site();
  const file = address === '' || address.endsWith('/') ? `${address}index.html` : address;
  const source = files.get(file);
  if (source) return give(request, response, file, source);
  if (files.has(`${address}/index.html`)) {
    response.setHeader('Location', `./${address.split('/').at(-1)}/`);
    return say(response, 308, 'it has moved');
  }
  return say(response, 404, `there is nothing at /${address}`);
};

/** Returns the requested address, relative to the root; undefined if it is invalid. */
const addressOf = (url: string): string | undefined => {
  const [path = ''] = url.split(/[?#]/);
  try {
    return path.startsWith('/') ? decodeURIComponent(path.slice(1)) : undefined;
  } catch {
    return undefined;
  }
};

const give = async (
  request: IncomingMessage,
  response: ServerResponse,
  address: string,
  source: Source,
): Promise<void> => {
  response.setHeader('Cache-Control', cachingOf(address));
  response.setHeader('Content-Type', typeOf(address) ?? 'application/octet-stream');
  if (!('path' in source)) {
    const text = 'make' in source ? await source.make() : source.bytes;
    const tag = `"${createHash('sha256').update(text).digest('base64url')}"`;
    response.setHeader('ETag', tag);
    const same = request.headers['if-none-match']?.split(/,\s*/).includes(tag);
    if (same) response.statusCode = 304;
    else response.setHeader('Content-Length', Buffer.byteLength(text));
    response.end(same || request.method === 'HEAD' ? undefined : text);
    return;
  }
  const { path } = source;
  await new Promise<void>((resolve) => {
    send(request, encodeURIComponent(basename(path)), { root: dirname(path), dotfiles: 'allow', cacheControl: false })
      .on('error', ({ status = 500 }: { readonly status?: number }) => {
        // A requested range no longer fits the file, or the file has disappeared since it was found.
        say(response, status, `there is nothing more at /${address}`);
        resolve();
      })
      .on('end', resolve)
      .pipe(response)
      .on('close', resolve);
  });
};

const say = (response: ServerResponse, status: number, text: string): void => {
  response.statusCode = status;
  response.setHeader('Content-Type', 'text/plain; charset=utf-8');
  response.setHeader('Cache-Control', 'no-store');
  response.end(`${text}\n`);
};
