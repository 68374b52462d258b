import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveSite } from '../../src/site/server.ts';
import { siteOf } from '../../src/site/site.ts';
import { writeSite } from '../../src/site/write.ts';
import { listen } from '../browser/support/chromium.ts';
import { shared } from '../browser/support/shared.ts';
import { exportExample } from '../browser/support/models.ts';
import { serve, type Served } from '../browser/support/server.ts';
import { IS_LONG } from '../support/chosen.ts';

let root = '';
let digits = '';
let browser: Browser;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'site-web-'));
  digits = await exportExample(root, 'digits');
  browser = await shared();
});
afterAll(async () => {
  await browser.close();
  rmSync(root, { recursive: true });
});

/** Waits until an expression holds in a page. Not by `waitForFunction`, which evaluates text, as the page's policy forbids. */
const until = (page: Page, expression: string): Promise<unknown> =>
  page.evaluate(
    `(async () => { while (!(await (${expression}))) await new Promise((resolve) => setTimeout(resolve, 20)); })()`,
  );

/** The pixels of the samples that a page shows, once it shows some: a canvas is black before anything is painted. */
const samples = async (page: Page): Promise<string> => {
  await until(
    page,
    `(() => {
    const canvas = document.querySelector('.grid canvas');
    const data = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data;
    return data?.some((value, i) => i % 4 < 3 && value > 100);
  })()`,
  );
  return page.evaluate<string>(
    `[...document.querySelectorAll('.grid canvas')].map((canvas) => canvas.toDataURL()).join()`,
  );
};

/** Waits until the page's service worker is at work, with its cache filled. */
const kept = (page: Page): Promise<unknown> =>
  page.evaluate(`(async () => {
    await navigator.serviceWorker.ready;
    while (navigator.serviceWorker.controller === null)
      await new Promise((resolve) => navigator.serviceWorker.addEventListener('controllerchange', resolve));
  })()`);

/** Waits until a page shows the model of this name. */
const named = (page: Page, name: string): Promise<unknown> => until(page, `document.title.startsWith('${name}')`);

describe('a site that was written to a folder, at any address of a host that knows nothing of it', () => {
  let host: Served;
  let context: BrowserContext;
  let page: Page;
  let said: readonly string[] = [];
  let first = '';
  const folder = () => join(root, 'site');
  const at = () => `${host.url}/some/where/`;

  beforeAll(async () => {
    await writeSite(folder(), await siteOf(digits));
    host = await serve({ folders: { '/some/where/': folder() } });
    context = await browser.newContext();
    page = await context.newPage();
    said = listen(page);
  });
  afterAll(async () => {
    await context.close();
  });

  it('shows samples, within its own folder and its own policy', async () => {
    await page.goto(at());
    first = await samples(page);
    expect(host.asked.filter((path) => !path.startsWith('/some/where/'))).toEqual([]);
    expect(said.filter((line) => !line.startsWith('warning: No available adapters'))).toEqual([]);
    // The policy in the page holds: a script of its own text is refused.
    const ran = await page.evaluate(`(() => {
      const script = document.createElement('script');
      script.textContent = 'window.ran = true';
      document.head.append(script);
      return 'ran' in window;
    })()`);
    expect(ran).toBe(false);
  });

  it('works without a network once it has been opened: the same samples', async () => {
    await kept(page);
    const before = host.asked.length;
    await context.setOffline(true);
    await page.reload();
    expect(await samples(page)).toBe(first);
    await page.goto(`${at()}index.html`);
    expect(await samples(page)).toBe(first);
    // But for the service worker itself, after which the browser asks by itself.
    expect(host.asked.slice(before).filter((path) => !path.endsWith('/sw.js'))).toEqual([]);
    await context.setOffline(false);
  });

  it('shows a model that took its place at the next visit, and keeps that one: also where the host is gone', async () => {
    const other = await exportExample(join(root, 'other'), 'article');
    await writeSite(folder(), await siteOf(other));
    await page.goto(at());
    await named(page, 'article');
    const shown = await samples(page);
    expect(shown).not.toBe(first);
    // The browser looks for a new service worker by itself, some time after the visit.
    await page.evaluate(`navigator.serviceWorker.ready.then((registration) => registration.update())`);
    const held = `caches.keys().then(async (keys) => keys.length === 1 && (await (await caches.match('model/model.json')).json()).name === 'article')`;
    await until(page, held);
    await host.close();
    await page.reload();
    await named(page, 'article');
    expect(await samples(page)).toBe(shown);
  });
});

describe('a model that is served', () => {
  it.runIf(IS_LONG)('can be isolated, and is then shown on threads', async () => {
    const served = await serveSite(() => siteOf(digits), { isolate: true });
    const page = await browser.newPage();
    const said = listen(page);
    await page.goto(served.urls[0] ?? '');
    await samples(page);
    expect(await page.evaluate('crossOriginIsolated')).toBe(true);
    expect(said.filter((line) => line.startsWith('error'))).toEqual([]);
    await page.close();
    await served.close();
  });

  it('is shown as it is now, after it was exported again', async () => {
    const live = join(root, 'live');
    cpSync(digits, live, { recursive: true });
    const served = await serveSite(() => siteOf(live));
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(served.urls[0] ?? '');
    await samples(page);
    await kept(page);
    const article = await exportExample(join(root, 'again'), 'article');
    rmSync(live, { recursive: true });
    cpSync(article, live, { recursive: true });
    await page.reload();
    await named(page, 'article');
    await samples(page);
    await context.close();
    await served.close();
  });
});
