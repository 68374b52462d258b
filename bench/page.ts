// What a visitor of a model's page waits for: bytes and requests, and the time to the first picture, on a first visit, on a second one and
// without a network, of sites that `serve --build` writes, as a static host sends them (gzip, ETags). `npm run bench -- page`, which writes
// its table into docs/serving.md with --write.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { chromium, type BrowserContextOptions, type Page } from 'playwright-core';
import { launchOptions } from '../test/browser/support/chromium.ts';
import { exportForPage } from '../test/playground/support/export.ts';
import { markdown, writeFigures } from './measure.ts';

const MODELS = ['digits', 'completion'];
const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** An odd number, so that the median is one of the times. */
const VISITS = 3;

/** Devices: a phone has a quarter of the speed, as Lighthouse assumes. */
const DEVICES: Readonly<Record<string, { readonly slower: number; readonly context: BrowserContextOptions }>> = {
  desktop: { slower: 1, context: { viewport: { width: 1280, height: 800 } } },
  'phone, a quarter of the speed': {
    slower: 4,
    context: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
  },
};

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
  '.svg': 'image/svg+xml',
};

/** Serves a folder as static hosts do, and counts. */
const serving = async (folder: string) => {
  const files = new Map<string, { readonly bytes: Buffer; readonly isPacked: boolean; readonly etag: string }>(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => {
        const path = join(entry.parentPath, entry.name);
        const plain = readFileSync(path);
        const isPacked = ['.woff2', '.png'].includes(extname(path));
        const bytes = isPacked ? plain : gzipSync(plain, { level: 9 });
        const etag = `"${createHash('sha256').update(plain).digest('hex').slice(0, 16)}"`;
        return [`/${path.slice(folder.length + 1)}`, { bytes, isPacked, etag }];
      }),
  );
  const sent = { bytes: 0, requests: 0 };
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const path = pathname.endsWith('/') ? `${pathname}index.html` : pathname;
    const file = files.get(path);
    sent.requests++;
    if (!file) return void response.writeHead(404).end();
    const headers = {
      etag: file.etag,
      'cache-control': path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
    };
    if (request.headers['if-none-match'] === file.etag) return void response.writeHead(304, headers).end();
    sent.bytes += file.bytes.length;
    response.writeHead(200, {
      ...headers,
      'content-type': TYPES[extname(path)] ?? 'application/octet-stream',
      ...(!file.isPacked && { 'content-encoding': 'gzip' }),
    });
    response.end(file.bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // It listens on a port, not on a pipe.
  return {
    url: `http://127.0.0.1:${port}/`,
    /** Returns what was sent since it was asked last. */
    counted: () => {
      const now = { ...sent };
      sent.bytes = sent.requests = 0;
      return now;
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
};

/** Notes when the first picture has been drawn. */
const WATCH = `(() => {
  const look = () => {
    const canvas = [...document.querySelectorAll('.grid canvas')].find(({ width }) => width > 0);
    const drawn = canvas?.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some((value, i) => i % 4 < 3 && value > 0);
    if (drawn) window.firstPicture = performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})();`;

/** Milliseconds from the request for a page to its first picture. */
const firstPicture = async (page: Page): Promise<number> => {
  for (;;) {
    const found = await page.evaluate<number | null>('window.firstPicture ?? null');
    if (found !== null) return found;
    await page.waitForTimeout(20);
  }
};

interface Visit {
  readonly time: number;
  readonly bytes: number;
  readonly requests: number;
}

/**
 * A first visit, a second one, and one without a network, in a browser that knows nothing of the page. It keeps files on the disk, as
 * people's do: a private one has no room for a model of 9 MB.
 */
const visited = async (
  site: Awaited<ReturnType<typeof serving>>,
  { slower, context }: (typeof DEVICES)[string],
): Promise<Readonly<Record<string, Visit>>> => {
  const profile = await mkdtemp(join(tmpdir(), 'cvae-visitor-'));
  const visitor = await chromium.launchPersistentContext(profile, { ...launchOptions(), ...context });
  const page = await visitor.newPage();
  await page.addInitScript(WATCH);
  const devtools = await visitor.newCDPSession(page);
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: slower });
  site.counted();
  const visit = async (): Promise<Visit> => {
    await page.goto(site.url);
    const time = await firstPicture(page);
    return { time, ...site.counted() };
  };
  const first = await visit();
  // The service worker keeps what the page needs.
  await page.evaluate('navigator.serviceWorker.ready');
  while ((await page.evaluate<number>('caches.keys().then((keys) => keys.length)')) === 0)
    await page.waitForTimeout(100);
  await page.waitForTimeout(1000);
  const kept = site.counted();
  const second = await visit();
  await visitor.setOffline(true);
  const offline = await visit();
  await visitor.close();
  await rm(profile, { recursive: true, force: true });
  return { 'first visit': first, 'kept for later': { time: NaN, ...kept }, 'second visit': second, offline };
};

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;

const root = await mkdtemp(join(tmpdir(), 'cvae-page-'));
const rows: Record<string, string | number>[] = [];
for (const name of MODELS) {
  const folder = await exportForPage(root, name);
  const built = join(root, `${name}-site`);
  const { status, stderr } = spawnSync(
    process.execPath,
    [join(ROOT, 'bin/cvae-compile.mjs'), 'serve', folder, '--build', built],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(stderr);
  const site = await serving(built);
  for (const [device, how] of Object.entries(DEVICES)) {
    const visits: Readonly<Record<string, Visit>>[] = [];
    for (let i = 0; i < VISITS; i++) visits.push(await visited(site, how));
    for (const what of Object.keys(visits[0] ?? {})) {
      const each = visits.flatMap((visit) => visit[what] ?? []);
      const time = median(each.map((one) => one.time));
      rows.push({
        model: name,
        device,
        what,
        'first picture': Number.isNaN(time) ? '' : `${(time / 1000).toFixed(2)} s`,
        'sent by gzip': `${(median(each.map(({ bytes }) => bytes)) / 1000).toFixed(0)} kB`,
        requests: median(each.map(({ requests }) => requests)),
      });
    }
  }
  site.close();
}
await rm(root, { recursive: true });

const report = markdown(rows);
console.log(report);
if (process.argv.includes('--write'))
  await writeFigures(new URL('../docs/serving.md', import.meta.url), 'page', report);
