import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encode } from 'fast-png';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { categorical, concat, continuous, cvae, dense, flatten, gaussian, reshape } from 'cvae-compile';
import { packageTexts } from '../../src/export/package/texts.ts';
import { readManifest } from '../../src/runtime/node.ts';
import { siteOf } from '../../src/site/site.ts';
import { shared } from '../browser/support/shared.ts';
import { exportForPage, exportModelForPage } from './support/export.ts';
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

  it('a map of several classes: the greys of samples, of the truth and of what is near, by name', async () => {
    const target = categorical('sky', 'tree', 'road', { at: [4, 4] });
    const model = cvae({
      condition: { seen: continuous(1) },
      target,
      latent: 1,
      recognition: ({ y, seen }) => concat(flatten(y), seen).pipe(gaussian(1)),
      decoder: ({ z, seen }) => concat(z, seen).pipe(dense(48), reshape(4, 4, 3)),
    });
    const data = Array.from({ length: 20 }, (_, i) => ({
      seen: i % 5,
      y: Array.from({ length: 4 }, (__, row) => Array.from({ length: 4 }, () => (row + i) % 3)),
    }));
    const options = { recognition: true };
    const folder = await exportModelForPage(root, 'map', model, { train: data, test: data }, options);
    here = await visit(browser, folder);
    const { page, said } = here;
    expect((await page.locator('.stage-samples .legend span').allTextContents()).map((text) => text.trim())).toEqual([
      'sky',
      'tree',
      'road',
    ]);
    const truth = (await greysOf(page, '.guesses')).at(-1);
    expect(new Set(truth)).toEqual(new Set([0, 128, 255]));
    await page.getByRole('tab', { name: 'Your data' }).click();
    await page.locator('.nearest canvas').first().waitFor();
    const [given, again, differ] = await greysOf(page, '.triple');
    expect(given).toEqual(truth);
    const count = given?.filter((grey, i) => grey !== again?.[i]).length;
    expect(await page.locator('.triple figcaption').allTextContents()).toEqual(['Given', 'Reconstructed', `${count} of 16 differ`]); // prettier-ignore
    expect(differ?.filter((grey) => grey > 0)).toHaveLength(count ?? NaN);
    expect(await page.locator('.nearest canvas').count()).toBe(4);
    expect(faults(said)).toEqual([]);
  });

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
