import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { unzipSync } from 'fflate';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { load } from '../../src/cli/load.ts';
import { collect } from '../../src/cli/collect.ts';
import { withSpecimens } from '../../src/export/specimens.ts';
import { onnxruntime } from '../../src/export/engine.ts';
import { verify } from '../../src/export/verify.ts';
import { write } from '../../src/export/write.ts';
import { open, readManifest } from '../../src/runtime/node.ts';
import { exportTraining } from '../../src/export/training.ts';
import { shared } from '../browser/support/shared.ts';
import { objectiveOf, weightsOf } from '../train-step/support.ts';
import { exportForPage } from './support/export.ts';
import { bytesOf, faults, greysOf, pixelsOf, settled, visit, type Visit } from './support/visit.ts';
import { IS_LONG } from '../support/chosen.ts';

let root = '';
let folder = '';
let browser: Browser;
let here: Visit;
let page: Page;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'cvae-teach-'));
  folder = join(root, 'digits');
  const definition = await load(fileURLToPath(new URL('../../examples/digits/model.ts', import.meta.url)));
  const bare = exportTraining(definition.model, weightsOf(objectiveOf(definition.model)), { name: 'digits' });
  const { compiled } = await withSpecimens(bare, definition.model, {
    collect: () => collect(definition.path, definition.model, definition.data, { seed: 1 }),
  });
  await write(folder, compiled, async () => undefined);
  browser = await shared();
  here = await visit(browser, folder);
  ({ page } = here);
});
afterAll(async () => {
  await here.close();
  await browser.close();
  await rm(root, { recursive: true });
});

const button = (name: string) => page.getByRole('button', { name, exact: true });
const tab = (name: string) => page.getByRole('tab', { name }).click();
const [BEFORE, NOW] = ['.version:nth-child(1)', '.version:nth-child(2)'];
const steps = () => page.getByLabel('Steps', { exact: true });
/** Waits until training has ended, even on a machine that is busy with other tests. */
const trained = () => button('Continue training').waitFor({ timeout: 55_000 });

/** The samples before or now, as shades: ten of 28 × 28 side by side. */
const row = async (which: string): Promise<readonly number[]> => (await greysOf(page, which))[0] ?? [];

/** Draws a seven with a bar across it, somewhat to the right. */
const seven = async (right: number): Promise<void> => {
  const paper = page.locator('.train .paper canvas').first();
  await paper.scrollIntoViewIfNeeded();
  const box = await paper.boundingBox();
  if (!box) throw new Error('there is nothing to draw on');
  const at = (x: number, y: number): [number, number] => [
    box.x + (box.width * (x + right)) / 28,
    box.y + (box.height * y) / 28,
  ];
  for (const line of [
    [7, 9, 7, 6, 20, 6, 12, 23],
    [10, 14, 21, 14],
  ] as const) {
    await page.mouse.move(...at(line[0], line[1]));
    await page.mouse.down();
    for (let i = 2; i < line.length; i += 2) await page.mouse.move(...at(line[i] ?? 0, line[i + 1] ?? 0), { steps: 8 });
    await page.mouse.up();
  }
};

/** The mean difference between a drawing and ten samples. */
const apart = (samples: readonly number[], drawing: readonly number[]): number =>
  samples.reduce((sum, shade, i) => {
    const [x, y] = [i % 280, Math.floor(i / 280)];
    return sum + Math.abs(shade - (drawing[y * 28 + (x % 28)] ?? 0));
  }, 0) / samples.length;

const losses = async (): Promise<{ readonly first: number; readonly last: number; readonly count: number }> => {
  const text = (await page.locator('.curve figcaption').textContent()) ?? '';
  const [first = NaN, last = NaN, count = NaN] = [...text.matchAll(/\d+(\.\d+)?/g)].map(([number]) => Number(number));
  return { first, last, count };
};

/** How long it is trained: enough for what it is taught to be seen. */
const STEPS = IS_LONG ? 120 : 60;

describe('a model that is taught in the page', () => {
  let drawing: readonly number[] = [];
  let shown: readonly string[] = [];

  it('is offered only where the folder has a training step', async () => {
    const plain = await visit(browser, await exportForPage(join(root, 'plain'), 'digits'));
    expect(await plain.page.getByRole('tab').allTextContents()).not.toContain('Fine-tune');
    await plain.close();
    expect(await page.getByRole('tab').allTextContents()).toContain('Fine-tune');
  });

  it('learns from drawings and from examples of its data, of which each can be taken away', async () => {
    await page.getByRole('radio', { name: '7', exact: true }).check();
    await settled(page);
    shown = await pixelsOf(page, '.grid');
    await tab('Fine-tune');
    expect(await button('Train').isDisabled()).toBe(true);
    await seven(0);
    drawing = (await greysOf(page, '.train .paper'))[0] ?? [];
    await button('Add this drawing').click();
    await seven(0.6);
    await button('Add this drawing').click();
    await page.getByText('Add examples from the data').click();
    await page.getByRole('button', { name: 'Add example 4, digit 3' }).click();
    expect(await page.locator('.taught li').count()).toBe(3);
    await page.getByRole('button', { name: 'Remove example 3: digit 3' }).click();
    expect(await page.getByRole('button', { name: /^Remove example/ }).allTextContents()).toHaveLength(2);
    expect(await page.getByRole('heading', { name: 'What digit 7 should look like' }).count()).toBe(1);
  });

  it('shows its loss and its samples while it trains, in a page that answers; nothing leaves it', async () => {
    const asked: string[] = [];
    page.on('request', (request) => asked.push(`${request.method()} ${request.url().replace(here.url, '')}`));
    await steps().fill(`${STEPS}`);
    await page.getByLabel('Learning rate').selectOption('0.01');
    await button('Train').click();
    await page.locator('.curve').waitFor();
    // Another part of the page, and back: it continues.
    await tab('Model');
    await tab('Fine-tune');
    await button('Stop').waitFor();
    await page.locator(`${NOW} canvas`).waitFor();
    await trained();
    const { first, last, count } = await losses();
    expect(count).toBe(STEPS);
    expect(last).toBeLessThan(0.7 * first);
    await expect.poll(async () => apart(await row(NOW), drawing)).toBeLessThan(0.5 * apart(await row(BEFORE), drawing));
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.filter((line) => !/^GET [\w.-]+(\/[\w.-]+)?$/.test(line))).toEqual([]);
  });

  it('is then shown by the whole page, and saved as ONNX that gives the same samples elsewhere', async () => {
    const now = await row(NOW);
    const [download] = await Promise.all([page.waitForEvent('download'), button('Download ONNX').click()]);
    expect(download.suggestedFilename()).toBe('digits-adapted.zip');
    const out = await mkdtemp(join(root, 'adapted-'));
    const files = unzipSync(await bytesOf(download));
    for (const [name, bytes] of Object.entries(files)) await writeFile(join(out, name), bytes);
    expect(Object.keys(files).sort()).toEqual(['decoder.onnx', 'model.json']);
    const ort = await import('onnxruntime-node');
    const engine = onnxruntime({ InferenceSession: ort.InferenceSession, Tensor: ort.Tensor }, 'onnxruntime-node');
    expect((await verify(out, await readManifest(out), { engine })).length).toBeGreaterThan(0);
    const model = await open(out);
    const samples = await model.sample({ digit: 7 }, { count: 10, seed: 1 });
    expect(await model.selfTest()).toMatchObject({ passed: true, parts: { decoder: expect.any(Number) } });
    await model.close();
    const elsewhere = samples.grid(10).data;
    expect(Math.max(...now.map((shade, i) => Math.abs(shade - (elsewhere[i] ?? NaN))))).toBeLessThanOrEqual(1);

    await tab('Samples');
    await expect.poll(() => pixelsOf(page, '.grid')).not.toEqual(shown);
    await settled(page);
    // Sample 0 of a seed is the same, however many there are.
    const [first = []] = await greysOf(page, '.grid');
    const same = first.map((shade, i) => Math.abs(shade - (now[Math.floor(i / 28) * 280 + (i % 28)] ?? NaN)));
    expect(same).toHaveLength(784);
    expect(Math.max(...same)).toBeLessThanOrEqual(1);
  });

  it('stops on request, continues from there, and forgets on request', async () => {
    await tab('Fine-tune');
    await steps().fill('10000');
    await button('Continue training').click();
    await expect.poll(async () => (await losses()).count).toBeGreaterThan(STEPS + 2);
    await button('Stop').click();
    await trained();
    const { count } = await losses();
    expect(count).toBeLessThan(2000);
    await page.waitForTimeout(300);
    expect((await losses()).count).toBe(count);
    await button('Reset').click();
    await expect.poll(() => page.locator('.curve').count()).toBe(0);
    await expect.poll(() => page.locator(`${NOW} canvas`).count()).toBe(0);
    expect(await page.locator('.taught li').count()).toBe(2);
    await tab('Samples');
    await expect.poll(() => pixelsOf(page, '.grid')).toEqual(shown);
  });

  it('is found and used without a mouse, and axe finds no fault', async () => {
    await tab('Fine-tune');
    await page.getByRole('application', { name: /^A new example of digit 7/ }).focus();
    for (const key of ['ArrowDown', 'Shift+ArrowDown', 'Shift+ArrowDown', 'Space']) await page.keyboard.press(key);
    await button('Add this drawing').focus();
    await page.keyboard.press('Enter');
    expect(await page.locator('.taught li').count()).toBe(3);
    await steps().fill('2');
    await button('Train').focus();
    await page.keyboard.press('Enter');
    await trained();
    const source = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
    await page.evaluate(`${source}; undefined`);
    const found = `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ': ' + html)))`;
    expect(await page.evaluate(found)).toEqual([]);
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    expect(await page.evaluate(found)).toEqual([]);
    expect(faults(here.said)).toEqual([]);
  });

  it.runIf(IS_LONG)('says in a card what is wrong with a state that is damaged', async () => {
    const damaged = await visit(browser, folder, {
      change: (site) => new Map([...site, ['model/state.safetensors', { path: join(folder, 'model.json') }]]),
    });
    await damaged.page.getByRole('tab', { name: 'Fine-tune' }).click();
    await damaged.page.getByText('Add examples from the data').click();
    await damaged.page.getByRole('button', { name: /^Add example 1,/ }).click();
    await damaged.page.getByRole('button', { name: 'Train', exact: true }).click();
    const card = damaged.page.getByRole('alert');
    await card.waitFor();
    expect(await card.textContent()).toMatch(
      /^Training stopped.*state\.safetensors: expected the file of \d+ bytes that model\.json lists, got \d+\.What to do: Export the model again/,
    );
    await damaged.close();
  });
});
