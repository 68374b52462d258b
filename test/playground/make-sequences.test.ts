import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shared } from '../browser/support/shared.ts';
import { tripsText } from '../making/support.ts';
import { IS_LONG } from '../support/chosen.ts';
import { axe } from './support/axe.ts';
import { exportForPage } from './support/export.ts';
import { bytesOf, faults, visit, type Visit } from './support/visit.ts';

let root = '';
let browser: Browser;
let here: Visit;
let page: Page;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'cvae-page-'));
  browser = await shared();
  here = await visit(browser, await exportForPage(root, 'digits'));
  ({ page } = here);
});
afterAll(async () => {
  await here.close();
  await browser.close();
  await rm(root, { recursive: true });
});

const button = (name: string) => page.getByRole('button', { name, exact: true });
const use = (column: string) => page.getByLabel(`Use of ${column}`);
const choices = (label: string) => page.getByLabel(label).locator('option').allTextContents();

describe('a model that is trained of a long table in the page', () => {
  it('has an example of all rows that share a column, in an order', async () => {
    await page.getByRole('tab', { name: 'Train', exact: true }).click();
    await page
      .locator('.drop')
      .getByLabel('Choose files', { exact: true })
      .setInputFiles({ name: 'trips.csv', mimeType: 'text/csv', buffer: Buffer.from(tripsText(60)) });
    await page.getByText('The rows with the same trip seem to be a sequence').waitFor();
    expect(await use('driver').inputValue()).toBe('drawn');

    await page.getByLabel('An example is').selectOption('load');
    await page.getByText('60 sequences of 4 to 9 rows.').waitFor();
    await page.getByLabel('An example is').selectOption('trip');
    await use('trip').waitFor({ state: 'detached' });
    expect(await page.getByLabel('sorted by').inputValue()).toBe('minute');
    expect(await choices('sorted by')).toEqual(['their order in the file', 'minute', 'speed']);
    expect(await use('speed').inputValue()).toBe('drawn');
    expect(await choices('Use of speed')).toEqual(['Drawn (target)', 'Condition, at each step', 'Not used']);
    expect(await use('driver').inputValue()).toBe('given');
    expect(await choices('Use of driver')).toEqual(['Condition', 'Not used']);

    await page.getByLabel('sorted by').selectOption('');
    await use('minute').waitFor();
    await page.getByLabel('An example is').selectOption('');
    await use('trip').waitFor();
    await page.getByLabel('An example is').selectOption('trip');
    await page.getByText('60 sequences of 4 to 9 rows.').waitFor();
    expect(await axe(page)).toEqual([]);
    await page.setViewportSize({ width: 390, height: 844 });
    await expect.poll(() => page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  it.runIf(IS_LONG)(
    'draws sequences while it trains, and is a package with its definition',
    async () => {
      await use('load').selectOption('unused');
      await page.getByLabel('At most').fill('5');
      await button('Train').click();
      await page.locator('.watched .sequences button').first().waitFor({ timeout: 90_000 });
      expect(await page.locator('.losses').textContent()).toContain('nats per sequence');
      await button('Stop and keep').click();
      await button('Download package').waitFor({ timeout: 90_000 });
      expect(await axe(page)).toEqual([]);
      const [download] = await Promise.all([page.waitForEvent('download'), button('Download package').click()]);
      const files = unzipSync(await bytesOf(download));
      expect(Object.keys(files)).toEqual(expect.arrayContaining(['step.onnx', 'model.ts', 'weights.safetensors']));
      expect(strFromU8(files['model.ts'] ?? new Uint8Array())).toContain("by: 'trip',\n    orderBy: 'minute',");

      await button('Open it in this page').click();
      await page.getByRole('heading', { name: 'trips', level: 1 }).waitFor();
      await page.locator('.charts svg').first().waitFor();
      expect(await page.locator('.sequences button').count()).toBeGreaterThan(3);
      expect(faults(here.said)).toEqual([]);
    },
    240_000,
  );
});
