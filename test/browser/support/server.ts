import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { text } from 'node:stream/consumers';

/** What a test's site serves: pages and other texts by their path, folders by a prefix. */
export interface Site {
  /** `/index.html` → its text. */
  readonly texts?: Readonly<Record<string, string>>;
  /** `/dist/` → a folder on disk. */
  readonly folders?: Readonly<Record<string, string>>;
  /** Headers of every answer: COOP, COEP, a Content-Security-Policy. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether unknown addresses get the index page, as servers of single-page applications answer them. */
  readonly fallback?: boolean;
}

export interface Served {
  readonly url: string;
  /** The paths that were asked for, in order. */
  readonly asked: readonly string[];
  /** What pages have posted to it, in order. */
  readonly posted: readonly string[];
  readonly close: () => Promise<void>;
}

/** Serves a site on a free port of this machine. */
export const serve = async ({ texts = {}, folders = {}, headers = {}, fallback = false }: Site): Promise<Served> => {
  const asked: string[] = [];
  const posted: string[] = [];
  const fileOf = async (path: string): Promise<string | undefined> => {
    for (const [prefix, folder] of Object.entries(folders)) {
      if (!path.startsWith(prefix)) continue;
      const file = join(folder, normalize(`/${path.slice(prefix.length)}`));
      const found = await stat(file).catch(() => undefined);
      if (found?.isFile()) return file;
    }
    return undefined;
  };
  const server = createServer((request, response) => {
    void (async () => {
      const path = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname);
      asked.push(path);
      if (request.method === 'POST') posted.push(await text(request));
      const page = path.endsWith('/') ? `${path}index.html` : path;
      const given = texts[page];
      const file = given === undefined ? await fileOf(page) : undefined;
      const index = fallback ? texts['/index.html'] : undefined;
      const type = given === undefined && file === undefined ? '.html' : extname(page);
      const found = given ?? file ?? index;
      response.writeHead(found === undefined ? 404 : 200, {
        'content-type': TYPES[type] ?? 'application/octet-stream',
        ...headers,
      });
      if (file === undefined) response.end(given ?? index ?? 'Not found');
      else createReadStream(file).pipe(response);
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    asked,
    posted,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
};

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
  '.css': 'text/css',
};
