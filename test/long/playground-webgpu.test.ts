import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launch } from '../browser/support/chromium.ts';
import { exportForPage } from '../playground/support/export.ts';
import { greysOf, settled, visit } from '../playground/support/visit.ts';

let root = '';
let browser: Browser;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'cvae-page-'));
});
// A browser each: its GPU is crashed.
beforeEach(async () => {
  browser = await launch({ gpu: true });
});
afterEach(() => browser.close());
afterAll(async () => {
  await rm(root, { recursive: true });
});

describe('the playground on WebGPU, with the adapter in software', () => {
  it.each(['digits', 'completion'])(
    'shows of %s what it shows on WASM, to a shade, and goes back to WASM when the GPU is lost',
    async (name) => {
      const folder = await exportForPage(root, name);
      const { page, close } = await visit(browser, folder);
      const show = (tab: 'Samples' | 'Model') => page.getByRole('tab', { name: tab, exact: true }).click();
      const why = () => page.locator('#backend-why').textContent();
      const wasm = await greysOf(page, '.grid');
      await show('Model');
      await page.getByRole('radio', { name: 'WebGPU' }).check();
      await expect.poll(why, { timeout: 150_000 }).toBe('running on WebGPU');
      await show('Samples');
      await settled(page);
      const webgpu = await greysOf(page, '.grid');
      const farthest = wasm.map((greys, row) =>
        Math.max(...greys.map((grey, i) => Math.abs(grey - (webgpu[row]?.[i] ?? NaN)))),
      );
      expect(Math.max(...farthest)).toBeLessThanOrEqual(1);
      await expect.poll(() => page.url()).toContain('on=webgpu');

      await (await browser.newBrowserCDPSession()).send('Browser.crashGpuProcess');
      await page.getByLabel('Seed').fill('5');
      await expect
        .poll(() => page.locator('.notice').textContent(), { timeout: 150_000 })
        .toMatch(/webgpu: expected the GPU/);
      await show('Model');
      await expect.poll(why, { timeout: 150_000 }).toMatch(/running on WASM|No WebGPU/);
      await show('Samples');
      await settled(page);
      expect(await greysOf(page, '.grid')).not.toEqual(wasm);
      await close();
    },
    400_000,
  );
});
