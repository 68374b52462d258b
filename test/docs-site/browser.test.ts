import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listen } from '../browser/support/chromium.ts';
import { serve, type Served } from '../browser/support/server.ts';
import { shared } from '../browser/support/shared.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SCRIPT = join(ROOT, 'scripts', 'docs.mjs');
const folder = mkdtempSync(join(tmpdir(), 'docs-site-'));
const site = join(folder, 'site');
const build = (out: string) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [SCRIPT, out], { cwd: ROOT, encoding: 'utf8' });
  return { status, output: `${stdout}${stderr}` };
};

let files: readonly string[];
let server: Served;
let browser: Browser;
beforeAll(async () => {
  const { status, output } = build(site);
  expect(status, output).toBe(0);
  expect(output).not.toContain('warning');
  files = readdirSync(site, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.html'));
  server = await serve({ folders: { '/': site } });
  browser = await shared();
}, 300_000);
afterAll(async () => {
  await browser?.close();
  await server?.close();
  rmSync(folder, { recursive: true, force: true });
});

const textOf = (file: string): string => readFileSync(join(site, file), 'utf8');
const plain = (text: string): string =>
  text.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

describe('the documentation site', () => {
  it('has the doors, the guides and the pages of the examples', () => {
    for (const door of ['', '_train', '_compiler', '_runtime', '_data', '_onnx', '_testing'])
      expect(files).toContain(join('modules', `cvae-compile${door}.html`));
    const guides = files.filter((file) => file.startsWith(join('documents', 'Guides.')));
    expect(guides.length).toBeGreaterThanOrEqual(6);
    expect(files).toContain(join('documents', 'Examples.An_op_of_your_own.swish.ts.html'));
    expect(files).toContain(join('functions', 'cvae-compile.dense.html'));
  });

  it('has tables that the keyboard scrolls, and says what the content of a page is', () => {
    const page = textOf(join('documents', 'Guides.Serving.html'));
    expect(page.match(/<table[^>]*>/g)?.filter((tag) => tag !== '<table tabindex="0">')).toEqual([]);
    expect(page.match(/role="main"/g)).toHaveLength(1);
  });

  it('has no link within it that leads nowhere', () => {
    const anchors = new Map(
      files.map((file) => [
        file,
        new Set([...textOf(file).matchAll(/\s(?:id|name)="([^"]*)"/g)].map(([, id = '']) => plain(id))),
      ]),
    );
    const links = files.flatMap((file) =>
      [...textOf(file).matchAll(/\s(?:href|src)="([^"]*)"/g)]
        .map(([, to = '']) => plain(to))
        .filter((to) => !/^(\w+:|\/\/)/.test(to))
        .map((to) => ({ file, to })),
    );
    expect(links.length).toBeGreaterThan(10_000);
    const dead = links.filter(({ file, to }) => {
      const [path = '', anchor] = to.split('#');
      const target = path === '' ? file : normalize(join(dirname(file), decodeURIComponent(path.replace(/\?.*/, ''))));
      if (!existsSync(join(site, target))) return true;
      return anchor !== undefined && anchor !== '' && anchors.get(target)?.has(decodeURIComponent(anchor)) === false;
    });
    expect(dead).toEqual([]);
  });

  it('is written over an earlier one, and over nothing else', () => {
    writeFileSync(join(folder, 'mine.txt'), 'mine');
    const { status, output } = build(folder);
    expect(status).not.toBe(0);
    expect(output).toContain('which holds something else');
    expect(readFileSync(join(folder, 'mine.txt'), 'utf8')).toBe('mine');
  });
});

/** A page of the site, and what it says on its console. */
const open = async (path: string, options: BrowserContextOptions = {}): Promise<readonly [Page, readonly string[]]> => {
  const page = await (await browser.newContext(options)).newPage();
  const said = listen(page);
  await page.goto(`${server.url}/${path}`, { waitUntil: 'networkidle' });
  return [page, said];
};

const PAGES = ['index.html', 'documents/Start.Catalogue.html', 'functions/cvae-compile.cvae.html', 'modules/cvae-compile.html'];

describe('in Chromium', () => {
  it('finds names and guides by its search', async () => {
    const [page, said] = await open('index.html');
    for (const [words, expected] of [
      ['dense', 'functions/cvae-compile.dense.html'],
      ['importance', 'documents/Guides.Evaluation.html'],
    ] as const) {
      // The search closes in its own time, and takes no key until then.
      await expect
        .poll(async () => {
          await page.keyboard.press('/');
          return page.locator('#tsd-search-input').isVisible();
        })
        .toBe(true);
      await page.fill('#tsd-search-input', words);
      await expect.poll(() => page.locator(`#tsd-search-results a[href*="${expected}"]`).count()).toBeGreaterThan(0);
      // What no door exports is not what one looks for.
      expect(await page.locator('#tsd-search-results .parent').allTextContents()).not.toContainEqual(
        expect.stringContaining('internal.'),
      );
      await page.keyboard.press('Escape');
      await page.locator('#tsd-search-input').waitFor({ state: 'hidden' });
    }
    expect(said).toEqual([]);
    await page.context().close();
  });

  it.each(PAGES)('%s fits a phone, without a word on the console', async (path) => {
    const [page, said] = await open(path, { viewport: { width: 390, height: 844 }, isMobile: true });
    const width = await page.evaluate<number>('document.documentElement.scrollWidth');
    expect(width).toBeLessThanOrEqual(390);
    expect(said).toEqual([]);
    await page.context().close();
  });

  it.each(['light', 'dark'] as const)('is %s where the reader’s system is', async (colorScheme) => {
    const [page] = await open('index.html', { colorScheme });
    const color = await page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
    expect(color).toBe(colorScheme === 'light' ? 'rgb(246, 245, 241)' : 'rgb(17, 17, 22)');
    await page.context().close();
  });
});
