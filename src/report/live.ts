import { createServer, type ServerResponse } from 'node:http';
import { randomBytes } from 'node:crypto';
import { readRun } from '../run/read-run.ts';
import { CSP, page } from './page.ts';

/** The page about a run, served while the run is in progress. */
export interface Live {
  /** Its address, which only this machine can reach. */
  readonly url: string;
  /** Says that there is more to show: open pages read it, though not more often than writing it is worth. */
  changed(): void;
  /** Shows the last state, and ends once open pages have it, or after two seconds. */
  end(): Promise<void>;
}

/** The least time between two changes that pages are notified of, in milliseconds, and as a multiple of the time that writing the page takes. */
const [REST, TIMES] = [1000, 20];
const LAST = 2000;

/** Serves the page about the run in a folder, which it writes anew for each request. It answers for the page and its events only. */
export const serveLive = async (folder: string): Promise<Live> => {
  const open = new Set<ServerResponse>();
  let [cost, notified, hasEnded] = [0, 0, false];
  let waiting: ReturnType<typeof setTimeout> | undefined;
  let seen: () => void = () => undefined;
  const write = async (response: ServerResponse): Promise<void> => {
    const began = performance.now();
    const nonce = randomBytes(16).toString('base64');
    const html = live(await page(await readRun(folder), { isLive: true }), nonce);
    cost = performance.now() - began;
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' }).end(html);
    if (hasEnded) response.on('finish', seen);
  };
  const server = createServer((request, response) => {
    const refuse = (status: number, why: string): void => void response.writeHead(status).end(why);
    // A page of another origin must not read it by a name of its own for this machine.
    if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(request.headers.host ?? '')) return refuse(421, 'not for this host');
    if (request.method !== 'GET') return refuse(405, 'GET only');
    if (request.url === '/') return void write(response).catch(() => refuse(503, 'not yet: reload in a moment'));
    if (request.url !== '/events') return refuse(404, 'not here');
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write('retry: 1000\n\n');
    open.add(response);
    response.on('close', () => open.delete(response));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  server.unref();
  const address = server.address();
  const tell = (what: string): void => {
    notified = performance.now();
    for (const response of open) response.write(`event: ${what}\ndata:\n\n`);
  };
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/`,
    changed: () => {
      if (waiting !== undefined) return;
      const rest = Math.max(0, notified + Math.max(REST, TIMES * cost) - performance.now());
      waiting = setTimeout(() => {
        waiting = undefined;
        tell('change');
      }, rest);
      waiting.unref();
    },
    end: async () => {
      clearTimeout(waiting);
      hasEnded = true;
      let left = open.size;
      const areSeen = new Promise<void>((resolve) => (seen = () => void (--left <= 0 && resolve())));
      tell('last');
      if (open.size > 0) await Promise.race([areSeen, new Promise((resolve) => setTimeout(resolve, LAST))]);
      server.close();
      server.closeAllConnections();
    },
  };
};

/** Adds a script that replaces the page's content when there is more, and lets the page run it. */
const live = (html: string, nonce: string): string =>
  html
    .replace(CSP, `${CSP}; script-src 'nonce-${nonce}'; connect-src 'self'`)
    .replace('</body>', `<script nonce="${nonce}">${SCRIPT}</script>\n</body>`);

const SCRIPT = `
const events = new EventSource('/events');
const show = async () => {
  const text = await (await fetch('/')).text();
  const next = new DOMParser().parseFromString(text, 'text/html');
  const open = [...document.querySelectorAll('details')].map((one) => one.open);
  next.querySelectorAll('details').forEach((one, i) => { one.open = open[i] === true; });
  document.querySelector('main').replaceWith(next.querySelector('main'));
};
// What is not answered any more is shown by the next event, or was the last.
events.addEventListener('change', () => void show().catch(() => undefined));
events.addEventListener('last', () => { events.close(); void show().catch(() => undefined); });
`;
