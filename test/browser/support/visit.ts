import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { launch, listen, type Launch } from './chromium.ts';
import { exportExample } from './models.ts';
import { serve, type Served, type Site } from './server.ts';

/** A page that is open, what its console says, and the site that it is of. */
export interface Visit {
  readonly page: Page;
  readonly said: readonly string[];
  readonly site: Served;
}

/** What the tests of a file share: a browser, and a folder with exported examples in it. Pages and sites end with their test. */
export const browsing = (examples: readonly string[], options: Launch = {}) => {
  let root = '';
  let browser: Browser;
  const sites: Served[] = [];
  const pages: Page[] = [];
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'cvae-web-'));
    for (const name of examples) await exportExample(root, name);
    browser = await launch(options);
  });
  afterEach(async () => {
    for (const page of pages.splice(0)) await page.close();
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
      const page = await browser.newPage();
      pages.push(page);
      const said = listen(page);
      await page.goto(served.url);
      return { page, said, site: served };
    },
  };
};
