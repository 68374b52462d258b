import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { launch, listen, type Launch } from './chromium.ts';
import { exportExample } from './models.ts';
import { serve, type Served, type Site } from './server.ts';
import { shared } from './shared.ts';

/** A page that is open, what its console says, and the site that it is of. */
export interface Visit {
  readonly page: Page;
  readonly said: readonly string[];
  readonly site: Served;
}

/** Which browser to use: the shared one, or one of the file's own, which its tests may end, or which is started with `args`. */
export interface Browsing extends Launch {
  readonly own?: boolean;
}

/**
 * What the tests of a file share: a browser, and a folder with exported examples in it. Sites end with their test; so do pages, except
 * that the first is emptied and reused, since a page costs more than what most tests do in it.
 */
export const browsing = (examples: readonly string[], { own = false, ...options }: Browsing = {}) => {
  let root = '';
  let browser: Browser;
  const sites: Served[] = [];
  const pages: Page[] = [];
  let emptied: Page | undefined;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'cvae-web-'));
    for (const name of examples) await exportExample(root, name);
    browser = await (own || options.args ? launch : shared)(options);
  });
  afterEach(async () => {
    for (const page of pages.splice(0)) {
      if (emptied === undefined && (await isEmptied(page))) emptied = page;
      else await page.close();
    }
    for (const site of sites.splice(0)) await site.close();
  });
  afterAll(async () => {
    await browser.close();
    await rm(root, { recursive: true });
  });

  const host = async (site: Site): Promise<Served> => {
    const served = await serve(site);
    sites.push(served);
    return served;
  };
  return {
    /** The folder of the exports. */
    root: () => root,
    /** Serves a site for as long as the test takes. */
    host,
    browser: () => browser,
    /** A page of a site, ready. */
    visit: async (site: Site): Promise<Visit> => {
      const served = await host(site);
      const page = emptied ?? (await browser.newPage());
      emptied = undefined;
      pages.push(page);
      const said = listen(page);
      await page.goto(served.url);
      return { page, said, site: served };
    },
  };
};

/** Removes everything that a test has put into a page; false if that does not succeed. */
const isEmptied = async (page: Page): Promise<boolean> => {
  page.removeAllListeners();
  const left = page.unrouteAll().then(() => page.goto('about:blank'));
  return left.then(
    () => true,
    () => false,
  );
};
