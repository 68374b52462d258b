import type { Browser, BrowserContextOptions, Page, Download } from 'playwright-core';
import { serveSite } from '../../../src/site/server.ts';
import { siteOf } from '../../../src/site/site.ts';
import type { Site } from '../../../src/site/source.ts';
import { listen } from '../../browser/support/chromium.ts';

/** A page of the playground, as a person has it, and what went wrong in it. */
export interface Visit {
  readonly page: Page;
  readonly url: string;
  /** What the page said on its console, policy violations included, and what it threw. */
  readonly said: readonly string[];
  readonly close: () => Promise<void>;
}

export interface VisitOptions extends BrowserContextOptions {
  /** After the `#`. */
  readonly hash?: string;
  /** COOP and COEP. */
  readonly isolate?: boolean;
  /** Changes the site that is served. */
  readonly change?: (site: Site) => Site;
  /** Runs in the page before its own scripts. */
  readonly before?: string;
  /** Whether to wait for the first pictures. */
  readonly wait?: boolean;
}

/** Serves a model's page as `cvae-compile serve` does, and opens it. */
export const visit = async (browser: Browser, folder: string, options: VisitOptions = {}): Promise<Visit> => {
  const { hash = '', isolate = false, change = (site) => site, before, wait = true, ...context } = options;
  const served = await serveSite(async () => change(await siteOf(folder, { engines: 'all' })), { port: 0, isolate });
  // Without its service worker, which loads everything twice, unless a test is about that.
  const visitor = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    serviceWorkers: 'block',
    ...context,
  });
  const page = await visitor.newPage();
  const said = listen(page);
  if (before) await page.addInitScript(before);
  const url = served.urls[0] ?? '';
  await page.goto(`${url}${hash}`);
  if (wait) await settled(page);
  return {
    page,
    url,
    said,
    close: async () => {
      await visitor.close();
      await served.close();
    },
  };
};

/** What is worth reporting of what a page said: a browser without a GPU warns of that, and of what tests do. */
export const faults = (said: readonly string[]): readonly string[] =>
  said.filter((line) => !/No available adapters|willReadFrequently|registration blocked by Playwright/i.test(line));

/** The pixels of each canvas that a selector finds, as text that can be compared. */
export const pixelsOf = (page: Page, selector: string): Promise<readonly string[]> =>
  page.evaluate<
    readonly string[]
  >(`[...document.querySelectorAll(${JSON.stringify(`${selector} canvas`)})].map((canvas) =>
    Array.from(canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data).join())`);

/** The same as numbers: the first channel of each pixel. */
export const greysOf = async (page: Page, selector: string): Promise<readonly (readonly number[])[]> =>
  (await pixelsOf(page, selector)).map((text) =>
    text
      .split(',')
      .filter((_, i) => i % 4 === 0)
      .map(Number),
  );

/** Waits until there is something to see, and it stays as it is for a while. */
export const settled = async (page: Page, selector = '.panel'): Promise<void> => {
  let [shown, since] = ['', Date.now()];
  // Not `waitForFunction`, which compiles text in the page: its policy forbids that.
  for (const begun = Date.now(); Date.now() - begun < 30_000; await page.waitForTimeout(60)) {
    const now = `${await sumOf(page, selector)};${await textOf(page, '.strips, .column-plots')}`;
    if (now !== shown) [shown, since] = [now, Date.now()];
    else if (now !== ';' && Date.now() - since > 200) return;
  }
  throw new Error(`nothing came to rest in ${selector}: ${await textOf(page, '#app')}`);
};

/** A checksum of the pixels of all canvases that a selector finds, none as ''. */
const sumOf = (page: Page, selector: string): Promise<string> =>
  page.evaluate<string>(`[...document.querySelectorAll(${JSON.stringify(`${selector} canvas`)})].map((canvas) => {
    const { buffer } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
    return new Uint32Array(buffer).reduce((sum, pixel) => Math.imul(sum ^ pixel, 16777619), 5381);
  }).join()`);

const textOf = async (page: Page, selector: string): Promise<string> =>
  (await page.locator(selector).allTextContents()).join();

/** The pictures before and after an action of the user. */
export const change = async (
  page: Page,
  selector: string,
  act: () => Promise<unknown>,
): Promise<{ readonly before: readonly string[]; readonly after: readonly string[] }> => {
  const before = await pixelsOf(page, selector);
  await act();
  await settled(page);
  return { before, after: await pixelsOf(page, selector) };
};

/** The bytes of a download, also of a browser that another process has started. */
export const bytesOf = async (download: Download): Promise<Buffer> => {
  const pieces: Buffer[] = [];
  for await (const piece of await download.createReadStream()) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces);
};
