import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encode } from 'fast-png';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { packageTexts } from '../../src/export/package/texts.ts';
import { readManifest } from '../../src/runtime/node.ts';
import { siteOf } from '../../src/site/site.ts';
import { shared } from '../browser/support/shared.ts';
import { exportForPage } from './support/export.ts';
import { change, faults, greysOf, pixelsOf, settled, visit, type Visit } from './support/visit.ts';
import { chosen, IS_LONG } from '../support/chosen.ts';

let root = '';
let browser: Browser;
let here: Visit | undefined;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'cvae-page-'));
  browser = await shared();
});
afterEach(async () => {
  await here?.close();
  here = undefined;
});
afterAll(async () => {
  await browser.close();
  await rm(root, { recursive: true });
});

const go = async (name: string): Promise<Visit> => (here = await visit(browser, await exportForPage(root, name)));

describe('the page of', () => {
  it('a model without a latent: its prediction, with what is seen laid over it, and an image from a file', async () => {
    const { page, said } = await go('variants/nn');
    expect(await page.getByRole('tab').allTextContents()).toEqual(['Prediction', 'Train', 'Code', 'Model']);
    expect(await page.locator('.guesses figcaption b').allTextContents()).toEqual(['Prediction', 'Ground truth']);
    const seen = (i: number): boolean => i % 28 < 14 && i >= 14 * 28;
    const [paper = []] = await greysOf(page, '.paper');
    const [prediction = []] = await greysOf(page, '.guesses');
    expect(prediction.filter((_, i) => seen(i))).toEqual(paper.filter((_, i) => seen(i)));
    expect(prediction.filter((_, i) => !seen(i))).not.toEqual(paper.filter((_, i) => !seen(i)));

    const data = Uint8Array.from({ length: 784 }, (_, i) => i % 256);
    const file = {
      name: 'x.png',
      mimeType: 'image/png',
      buffer: Buffer.from(encode({ width: 28, height: 28, channels: 1, depth: 8, data })),
    };
    const { before, after } = await change(page, '.guesses', () =>
      page.getByLabel(/^Open an image/).setInputFiles(file),
    );
    expect(after).not.toEqual(before);
    expect((await greysOf(page, '.paper'))[0]).toEqual([...data]);
    const bad = { name: 'x.txt', mimeType: 'text/plain', buffer: Buffer.from('no image') };
    await page.getByLabel(/^Open an image/).setInputFiles(bad);
    await expect
      .poll(() => page.locator('.drawing .wrong').textContent())
      .toBe('x.txt is not an image that this browser can read.');
    expect(faults(said)).toEqual([]);
  });

  it.runIf(IS_LONG)(
    'classes of pixels: pictures of the likeliest, a mask of the quarters, a card that is safe',
    async () => {
      const folder = await exportForPage(root, 'variants/segmentation');
      await writeFile(
        join(folder, 'README.md'),
        '---\nlicense: mit\n---\n# A card\n\n<script>document.title = "taken"</script>\n\n[link](javascript:alert(1))\n\n| a | b |\n|--|--|\n| 1 | 2 |\n',
      );
      here = await visit(browser, folder);
      const { page, said } = here;
      const shades = new Set((await greysOf(page, '.grid')).flat());
      expect([...shades].filter((shade) => shade !== 0 && shade !== 255)).toEqual([]);
      const { before, after } = await change(page, '.paper', () => page.getByRole('button', { name: 'Clear' }).click());
      expect(after).not.toEqual(before);
      await page.getByRole('tab', { name: 'Model' }).click();
      await page.getByRole('heading', { name: 'A card' }).waitFor();
      expect(await page.locator('.prose td').allTextContents()).toEqual(['1', '2']);
      expect(await page.locator('.prose script').count()).toBe(0);
      expect(await page.locator('.prose a').getAttribute('href')).toBe('');
      expect(await page.title()).toBe('variants/segmentation · cvae-compile');
      expect(faults(said)).toEqual([]);
    },
  );

  it('a package: its card has its picture, folds its definition, and fits a window or a phone', async () => {
    const options = { recognition: true, evaluationSamples: 10 };
    const folder = await exportForPage(root, 'digits', options);
    const manifest = await readManifest(folder);
    const png = encode({ width: 30, height: 28, channels: 1, data: new Uint8Array(840).fill(90) });
    const texts = packageTexts({
      manifest,
      folder: 'digits',
      license: undefined,
      definition: `cvae latent=20 <b>\n${'%0: [794] = concat(y, digit) '.repeat(20)}`,
      trained: {
        data: { name: 'digits', checksum: 'a'.repeat(64), train: 900, validation: 100, test: 1000 },
        figures: { test: { negativeElbo: 100, reconstruction: 80, kl: 20 } },
        unit: 'nats',
        epochs: 2,
        seed: 1,
        engine: { name: 'onnx', version: '1' },
        picture: { png, columns: ['truth', 'reconstruction', 'sample'], rows: ['1'] },
      },
    });
    for (const { file, pieces } of texts) await writeFile(join(folder, file), Buffer.concat(pieces));
    const packed = { ...manifest, package: texts.map(({ file }) => file) };
    await writeFile(join(folder, 'model.json'), JSON.stringify(packed));
    const viewports = [
      { width: 1280, height: 800 },
      { width: 390, height: 844 },
    ];
    for (const viewport of chosen('where a card is seen', viewports, 1)) {
      here = await visit(browser, folder, { viewport });
      const { page, said, url } = here;
      await page.getByRole('tab', { name: 'Model' }).click();
      await page.locator('.prose img').waitFor();
      const seen: unknown = await page.evaluate(`({
        image: [...document.images].filter(({ alt }) => alt).map(({ src, complete, naturalWidth }) => [src, complete && naturalWidth]),
        page: document.documentElement.scrollWidth,
        wide: [...document.querySelectorAll('.prose table')].filter((one) => one.scrollWidth > one.clientWidth).length,
      })`);
      expect(seen).toEqual({ image: [[`${url}model/samples.png`, 30]], page: viewport.width, wide: 0 });
      expect(await page.locator('.prose').textContent()).not.toContain('<details');
      expect(await page.locator('.prose pre').last().isVisible()).toBe(false);
      await page.getByText('The definition, with the shapes').click();
      expect(await page.locator('.prose pre').last().textContent()).toContain('latent=20 <b>');
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(viewport.width);
      expect(faults(said)).toEqual([]);
      await here.close();
      here = undefined;
    }
    // It is there without a network too.
    const worker = (await siteOf(folder)).get('sw.js');
    expect(worker && 'make' in worker && `${await worker.make()}`).toContain('model/samples.png');
  });

  it('a model that is given nothing', async () => {
    const { page } = await go('variants/vae');
    await page.getByText('This model has no conditions.').waitFor();
    const samples = await pixelsOf(page, '.grid');
    await page.getByLabel('Seed').fill('7');
    await settled(page);
    expect(await pixelsOf(page, '.grid')).not.toEqual(samples);
  });
});
