import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { open } from '../../src/runtime/node.ts';
import { shared } from '../browser/support/shared.ts';
import { days } from '../making/support.ts';
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
const give = (name: string, buffer: Uint8Array) =>
  page
    .locator('.drop')
    .getByLabel('Choose files', { exact: true })
    .setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(buffer) });

describe('a model that is trained of a table in the page', () => {
  it('says what a table is, and what it refuses', async () => {
    await page.getByRole('tab', { name: 'Train', exact: true }).click();
    await give('empty.csv', new TextEncoder().encode('\n'));
    await page.getByText('The data could not be read').waitFor();
    expect(await page.locator('.make').textContent()).toContain('empty.csv: expected a header line, got an empty file');
    await give('bare.csv', new TextEncoder().encode('rain,station\n'));
    await page.getByText('The table has no rows below its header').waitFor();
    await give('same.csv', new TextEncoder().encode(`rain,station\n${'1,Ulm\n'.repeat(60)}`));
    await page.getByText('The table has no column that a model could draw').waitFor();
    await give('days.csv', days(400));
    await page.getByRole('heading', { name: 'days.csv: 400 rows' }).waitFor();
    expect(await page.getByText('The data could not be read').count()).toBe(0);
    expect(await page.getByRole('row', { name: /^Nr/ }).textContent()).toContain('it numbers the rows');
    expect(await use('date').inputValue()).toBe('given');
    expect(await use('station').inputValue()).toBe('given');
    expect(await use('rain in mm').inputValue()).toBe('drawn');
  });

  it('trains in the page, whose plots follow; nothing leaves it', async () => {
    const asked: string[] = [];
    page.on('request', (request) => asked.push(`${request.method()} ${request.url().replace(here.url, '')}`));
    await use('date').selectOption('unused');
    await page.getByLabel('At most').fill('5');
    await button('Train').click();
    await page.locator('.watched svg').first().waitFor({ timeout: 90_000 });
    await page.getByRole('tab', { name: 'Model', exact: true }).click();
    await page.getByRole('tab', { name: 'Train', exact: true }).click();
    const epochs = async () =>
      Number(/after (\d+) epochs?/.exec((await page.locator('.losses').textContent()) ?? '')?.[1]);
    await expect.poll(epochs, { timeout: 90_000 }).toBeGreaterThan(4);
    await button('Stop and keep').click();
    await button('Download package').waitFor({ timeout: 90_000 });
    expect(await page.locator('.make').textContent()).toMatch(
      /Stopped after \d+ epochs\. The weights of epoch \d+ are kept/,
    );
    expect(await axe(page)).toEqual([]);
    expect(asked.filter((line) => !/^GET [\w.-]+(\/[\w.-]+)*$/.test(line))).toEqual([]);
  }, 240_000);

  it('is a package that opens elsewhere, with what the command line continues with', async () => {
    const [download] = await Promise.all([page.waitForEvent('download'), button('Download package').click()]);
    expect(download.suggestedFilename()).toBe('days.zip');
    const out = join(root, 'days-package');
    const files = unzipSync(await bytesOf(download));
    for (const [name, bytes] of Object.entries(files)) {
      await mkdir(dirname(join(out, name)), { recursive: true });
      await writeFile(join(out, name), bytes);
    }
    expect(Object.keys(files)).toEqual(
      expect.arrayContaining(['index.js', 'model.json', 'model.ts', 'runtime/node.js', 'weights.safetensors']),
    );
    const model = await open(out);
    expect(await model.selfTest()).toMatchObject({ passed: true });
    await model.close();
  });

  it('is shown by the whole page', async () => {
    await button('Open it in this page').click();
    await page.getByRole('heading', { name: 'days', level: 1 }).waitFor();
    await page.locator('.column-plots svg').first().waitFor();
    expect(await page.getByRole('tab').allTextContents()).toContain('Your data');
    // Nothing was sent of it.
    expect(await page.locator('.status').innerText()).not.toContain('model');
    await page.setViewportSize({ width: 390, height: 844 });
    await expect.poll(() => page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.getByRole('tab', { name: 'Model', exact: true }).click();
    await page.getByText('decoder.onnx').first().waitFor();
    expect(faults(here.said)).toEqual([]);
  });
});
