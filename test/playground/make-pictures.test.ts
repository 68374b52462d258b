import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { encode } from 'fast-png';
import { unzipSync } from 'fflate';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { open } from '../../src/runtime/node.ts';
import { shared } from '../browser/support/shared.ts';
import { axe } from './support/axe.ts';
import { exportForPage } from './support/export.ts';
import { bytesOf, faults, pixelsOf, visit, type Visit } from './support/visit.ts';
import { IS_LONG } from '../support/chosen.ts';

let root = '';
let browser: Browser;
let here: Visit;
let page: Page;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'cvae-pictures-'));
  await pictures(join(root, 'shapes'));
  browser = await shared();
  here = await visit(browser, await exportForPage(root, 'digits'));
  ({ page } = here);
});
afterAll(async () => {
  await here.close();
  await browser.close();
  await rm(root, { recursive: true });
});

/** Red discs and blue bars on transparent ground, 40 of each; a picture next to the folders, and a file that is not a picture. */
const pictures = async (folder: string): Promise<void> => {
  for (const [name, red, blue] of [
    ['disc', 220, 40],
    ['bar', 30, 230],
  ] as const) {
    await mkdir(join(folder, name), { recursive: true });
    for (let k = 0; k < 40; k++) {
      const data = Uint8Array.from({ length: 40 * 40 * 4 }, (_, i) => {
        const [x, y] = [Math.floor(i / 4) % 40, Math.floor(i / 160)];
        const isIn =
          name === 'disc' ? (x - 20) ** 2 + (y - 20) ** 2 < (9 + (k % 7)) ** 2 : Math.abs(y - 12 - (k % 17)) < 5;
        return [red, 60 + k, blue, isIn ? 255 : 0][i % 4] ?? 0;
      });
      await writeFile(join(folder, name, `${k}.png`), encode({ width: 40, height: 40, channels: 4, data }));
    }
  }
  await writeFile(join(folder, 'beside.png'), encode({ width: 8, height: 8, channels: 3, data: new Uint8Array(192) }));
  await writeFile(join(folder, 'disc', 'notes.txt'), 'discs');
};

const button = (name: string) => page.getByRole('button', { name, exact: true });
const give = (
  input: 'Choose files' | 'Choose a folder',
  files: string | { name: string; mimeType: string; buffer: Buffer }[],
) => page.locator('.drop').getByLabel(input, { exact: true }).setInputFiles(files);
/** The first pixel of a canvas, and its size. */
const canvas = async (selector: string) => {
  const [size] = await page.evaluate<string[]>(
    `[...document.querySelectorAll(${JSON.stringify(selector)})].map(({ width, height }) => width + ' × ' + height)`,
  );
  const row = selector.replace(/ canvas$/, '');
  const [pixels = ''] = await pixelsOf(page, row);
  return { size, corner: pixels.split(',').slice(0, 3).map(Number) };
};

describe('a model that is trained of pictures in the page', () => {
  it('refuses what is no picture and no table, in words', async () => {
    await page.getByRole('tab', { name: 'Train', exact: true }).click();
    const broken = { name: 'broken.png', mimeType: 'image/png', buffer: Buffer.from('no picture') };
    await give('Choose files', [broken]);
    await page.getByText('The data could not be read').waitFor();
    expect(await page.locator('.make').textContent()).toContain('broken.png: expected a PNG, JPEG or WebP picture');
    const text = { name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('a') };
    await give('Choose files', [text, { ...text, name: 'b.txt' }]);
    await page.getByText('got 2 files that are none').waitFor();
  });

  it('reads a folder by class, in a form that may be chosen', async () => {
    await give('Choose a folder', join(root, 'shapes'));
    await page.getByRole('heading', { name: 'shapes: 80 pictures of 2 classes' }).waitFor();
    expect(await page.getByText('The data could not be read').count()).toBe(0);
    expect(await page.locator('.make .notice').textContent()).toMatch(/Not used: .*(beside\.png|notes\.txt)/);
    expect(await page.getByRole('row', { name: /^disc/ }).textContent()).toContain('40');
    // Red on white: what is transparent shows the ground.
    expect(await canvas('.shown-pictures tr:nth-child(2) canvas')).toEqual({
      size: '40 × 40',
      corner: [255, 255, 255],
    });
    await page.getByLabel('Size').selectOption('16 × 16 pixels');
    await page.getByLabel('Grey').check();
    await expect.poll(async () => (await canvas('.shown-pictures canvas')).size).toBe('16 × 16');
    await page.getByLabel('Grey').uncheck();
    await expect.poll(() => page.getByLabel('Grey').isEnabled()).toBe(true);
  });

  // In Node, `making/make.test.ts` trains on pictures, and in a page `make.test.ts` trains on a table.
  it.runIf(IS_LONG)(
    'trains in the page, which shows samples of each class as it goes; nothing leaves it',
    async () => {
      const asked: string[] = [];
      page.on('request', (request) => asked.push(`${request.method()} ${request.url().replace(here.url, '')}`));
      await page.getByLabel('At most').fill('1.5');
      await button('Train').click();
      await page.locator('.watched canvas').first().waitFor({ timeout: 90_000 });
      expect(await page.locator('.watched .grid').textContent()).toContain('disc');
      const epochs = async () =>
        Number(/after (\d+) epochs?/.exec((await page.locator('.losses').textContent()) ?? '')?.[1]);
      await expect.poll(epochs, { timeout: 180_000 }).toBeGreaterThan(39);
      await button('Stop and keep').click();
      await button('Download package').waitFor({ timeout: 60_000 });
      expect(await page.locator('.make').textContent()).toMatch(/nats per picture on validation pictures/);
      expect(await axe(page)).toEqual([]);
      expect(asked.filter((line) => !/^GET [\w.-]+(\/[\w.-]+)*$/.test(line))).toEqual([]);
    },
    300_000,
  );

  it.runIf(IS_LONG)(
    'is a package that opens elsewhere and has learned the colours, and a definition for the command line',
    async () => {
      const [download] = await Promise.all([page.waitForEvent('download'), button('Download package').click()]);
      expect(download.suggestedFilename()).toBe('shapes.zip');
      const files = unzipSync(await bytesOf(download));
      const out = join(root, 'package');
      for (const [name, bytes] of Object.entries(files)) {
        await mkdir(dirname(join(out, name)), { recursive: true });
        await writeFile(join(out, name), bytes);
      }
      expect(new TextDecoder().decode(files['model.ts'])).toContain(
        "imageFolder(new URL('./shapes', import.meta.url), { size: 16, channels: 3, background: '#ffffff' })",
      );
      const model = await open(out);
      expect(await model.selfTest()).toMatchObject({ passed: true });
      /** How much redder than blue a class's samples are, on average. */
      const redness = async (label: string): Promise<number> => {
        const { data } = await model.sample({ label }, { count: 16, seed: 1 });
        const mean = (channel: number) => data.reduce((sum, one, i) => sum + (i % 3 === channel ? one : 0), 0);
        return (mean(0) - mean(2)) / (data.length / 3);
      };
      expect((await redness('disc')) - (await redness('bar'))).toBeGreaterThan(0.05);
      await model.close();
    },
  );

  it.runIf(IS_LONG)('is shown by the whole page, from which a button goes back', async () => {
    await button('Open it in this page').click();
    await page.getByRole('heading', { name: 'shapes', level: 1 }).waitFor();
    await page.getByRole('button', { name: /^Sample 1 of disc/ }).waitFor();
    await button('Back to digits').focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'digits', level: 1 }).waitFor();
    // Where one was: what was trained is still there.
    await button('Download package').waitFor();
    expect(await page.getByRole('button', { name: /^Back to/ }).count()).toBe(0);
    expect(faults(here.said)).toEqual([]);
  });
});
