/**
 * Keeps a site's page working without the network, once it has been opened. Addresses whose names include a hash of their content
 * come from the cache; everything else is revalidated while there is a network, so that a model that was exported again is
 * noticed, and comes from the cache otherwise.
 *
 * The page's files are fetched during installation: the page itself was loaded before.
 */
const { version, files } = self.SITE;
const root = new URL('./', self.location.href);
/** Sites on one host share its caches: those of this one have this prefix. */
const own = `cvae-compile ${root.pathname} `;
const name = own + version;
/** The server is asked whether the browser's copy is still current. Node's types do not know this. */
const fresh: RequestInit & { readonly cache: 'no-cache' } = { cache: 'no-cache' };

self.addEventListener('install', (event) => {
  const fill = async (): Promise<void> => {
    const cache = await caches.open(name);
    // The browser's copies are revalidated, not trusted: a file could be of the previous version.
    await cache.addAll(files.map((file) => new Request(new URL(file, root), fresh)));
    await self.skipWaiting();
  };
  event.waitUntil(fill());
});

self.addEventListener('activate', (event) => {
  const begin = async (): Promise<void> => {
    const old = (await caches.keys()).filter((key) => key.startsWith(own) && key !== name);
    await Promise.all(old.map((key) => caches.delete(key)));
    await self.clients.claim();
  };
  event.waitUntil(begin());
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || request.headers.has('range') || !url.href.startsWith(root.href)) return;
  const address = url.pathname.slice(root.pathname.length);
  event.respondWith(address.startsWith('assets/') ? cacheFirst(request) : networkFirst(request));
});

const cacheFirst = async (request: Request): Promise<Response> =>
  (await caches.match(request, { cacheName: name })) ?? keep(request, await fetch(request));

const networkFirst = async (request: Request): Promise<Response> => {
  try {
    return keep(request, await fetch(request, fresh));
  } catch (error) {
    const kept = await caches.match(keyOf(request), { cacheName: name, ignoreSearch: true });
    if (kept) return kept;
    throw error;
  }
};

/** Returns a response, and stores a copy if it is complete. */
const keep = async (request: Request, response: Response): Promise<Response> => {
  if (response.status !== 200 || response.redirected) return response;
  const copy = response.clone();
  const cache = await caches.open(name);
  // A full disk must not prevent an answer.
  void cache.put(keyOf(request), copy).catch(() => undefined);
  return response;
};

/** Returns the cache key: the page is stored under one address, whatever it was opened by. */
const keyOf = (request: Request): Request | URL =>
  request.mode === 'navigate' && [root.pathname, `${root.pathname}index.html`].includes(new URL(request.url).pathname)
    ? root
    : request;

/** The part of a service worker's global scope that is used. */
declare const self: {
  /** Written by the server before this program. */
  readonly SITE: { readonly version: string; readonly files: readonly string[] };
  readonly location: { readonly href: string };
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(type: 'install' | 'activate', listener: (event: Extendable) => void): void;
  addEventListener(type: 'fetch', listener: (event: Fetched) => void): void;
};

interface Extendable {
  waitUntil(work: Promise<void>): void;
}

interface Fetched {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}

declare const caches: {
  open(name: string): Promise<{
    addAll(requests: readonly Request[]): Promise<void>;
    put(request: Request | URL, response: Response): Promise<void>;
  }>;
  keys(): Promise<readonly string[]>;
  delete(name: string): Promise<boolean>;
  match(
    request: Request | URL,
    options: { readonly cacheName: string; readonly ignoreSearch?: boolean },
  ): Promise<Response | undefined>;
};
