import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { open } from '../../src/runtime/node.ts';
import { toRgba } from '../../src/runtime/picture.ts';
import { exportModule } from '../wasm/support.ts';
import { listen } from './support/chromium.ts';
import { serve, type Served } from './support/server.ts';
import { shared } from './support/shared.ts';
import { IS_LONG } from '../support/chosen.ts';

const path = (relative: string): string => fileURLToPath(new URL(`../../${relative}`, import.meta.url));
const ELEMENT = path('dist/browser/cvae-sampler.js');

let folder = '';
let browser: Browser;
let site: Served;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cvae-element-'));
  await exportModule(folder, 'digits', { as: 'model' });
  await exportModule(folder, 'weather');
  const example = await readFile(path('examples/page/index.html'), 'utf8');
  site = await serve({
    texts: {
      '/favicon.ico': '',
      '/index.html': example,
      '/rows.html': example.replace('src="model/"', 'src="weather/model.js" count="3"'),
      '/none.html': example.replace('src="model/"', 'src="nowhere/"'),
    },
    folders: { '/model/': join(folder, 'model/'), '/weather/': join(folder, 'weather/') },
  });
  browser = await shared();
});
afterAll(async () => {
  await site.close();
  await browser.close();
  await rm(folder, { recursive: true });
});

/** Opens the example's page; what it loads from a CDN is served from this package. */
const visit = async (file: string): Promise<{ readonly page: Page; readonly said: readonly string[] }> => {
  const page = await (await browser.newContext()).newPage();
  const said = listen(page);
  await page.route('https://cdn.jsdelivr.net/npm/cvae-compile/dist/browser/cvae-sampler.js', (route) =>
    route.fulfill({ path: ELEMENT, contentType: 'text/javascript', headers: { 'access-control-allow-origin': '*' } }),
  );
  await page.goto(`${site.url}/${file}`);
  return { page, said };
};
const pixels = (page: Page): Promise<readonly number[]> =>
  page.evaluate<readonly number[]>(`(() => {
    const canvas = document.querySelector('cvae-sampler').shadowRoot.querySelector('[part=samples] canvas');
    return canvas ? [...canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data] : [];
  })()`);

describe('<cvae-sampler>', () => {
  it('is a file of a few kB that imports nothing', async () => {
    const text = await readFile(ELEMENT);
    expect(gzipSync(text, { level: 9 }).length).toBeLessThanOrEqual(3500);
    expect(text.toString()).not.toMatch(/\bimport\s*['"{*]|\bfrom\s*['"]/);
  });

  it('draws in a page of five lines what Node draws, and again when a condition or the seed changes', async () => {
    expect((await readFile(path('examples/page/index.html'), 'utf8')).trim().split('\n')).toHaveLength(5);
    const { page, said } = await visit('index.html');
    const model = await open(join(folder, 'model'));
    const expected = async (digit: number, seed: number): Promise<readonly number[]> => [
      ...toRgba((await model.sample({ digit }, { count: 16, seed })).grid()).data,
    ];
    const close = (a: readonly number[], b: readonly number[]): boolean =>
      a.length === b.length && a.every((value, i) => Math.abs(value - (b[i] ?? NaN)) <= 1);
    await expect.poll(async () => close(await pixels(page), await expected(0, 1))).toBe(true);
    await page.locator('select').selectOption('7');
    await expect.poll(async () => close(await pixels(page), await expected(7, 1))).toBe(true);
    await page.getByLabel('Seed').fill('5');
    await expect.poll(async () => close(await pixels(page), await expected(7, 5))).toBe(true);
    await page.locator('cvae-sampler').evaluate((element) => element.setAttribute('seed', '9'));
    await expect.poll(async () => close(await pixels(page), await expected(7, 9))).toBe(true);
    await model.close();
    expect(said).toEqual([]);
    await page.context().close();
  });

  it.runIf(IS_LONG)('shows rows of several targets as a table', async () => {
    const { page, said } = await visit('rows.html');
    await page.locator('tbody tr').nth(2).waitFor();
    expect(await page.locator('tbody tr').count()).toBe(3);
    expect(await page.locator('th').allTextContents()).toEqual(['rain', 'temperature 0', 'temperature 1', 'sky']);
    expect(await page.locator('td').allTextContents()).not.toContain('NaN');
    expect(said).toEqual([]);
    await page.context().close();
  });

  it('says that there is no model', async () => {
    const { page } = await visit('none.html');
    await expect.poll(() => page.locator('cvae-sampler [role=status]').textContent()).toMatch(/nowhere\/model\.js/);
    await page.context().close();
  });
});
