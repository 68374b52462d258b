import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decode } from 'fast-png';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { open } from '../../src/runtime/node.ts';
import { shared } from '../browser/support/shared.ts';
import { exportForPage } from './support/export.ts';
import { change, faults, greysOf, pixelsOf, settled, visit, type Visit } from './support/visit.ts';
import { IS_LONG } from '../support/chosen.ts';

let root = '';
let folder = '';
let browser: Browser;
let here: Visit;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'cvae-page-'));
  folder = await exportForPage(root, 'completion');
  browser = await shared();
  here = await visit(browser, folder);
});
afterAll(async () => {
  await here.close();
  await browser.close();
  await rm(root, { recursive: true });
});

const [GRID, PAPER, GUESSES] = ['.grid', '.paper', '.guesses'];
const CLI = fileURLToPath(new URL('../../dist/cli/bin.js', import.meta.url));

/** The image that is drawn on, as shades. */
const paper = async (): Promise<readonly number[]> => (await greysOf(here.page, PAPER))[0] ?? [];
const ink = async (): Promise<number> => (await paper()).filter((shade) => shade > 0).length;

/** Draws with the mouse, from one pixel of the image to others. */
const stroke = async (...points: readonly (readonly [x: number, y: number])[]): Promise<void> => {
  const { page } = here;
  const box = await page.locator('.paper canvas').first().boundingBox();
  if (!box) throw new Error('there is nothing to draw on');
  const at = ([x, y]: readonly [number, number]): [number, number] => [
    box.x + ((x + 0.5) / 28) * box.width,
    box.y + ((y + 0.5) / 28) * box.height,
  ];
  const [first = [0, 0], ...rest] = points;
  await page.mouse.move(...at(first));
  await page.mouse.down();
  for (const point of rest) await page.mouse.move(...at(point), { steps: 4 });
  await page.mouse.up();
};

describe('a model that is given an image', () => {
  it('begins with an example: its seen quarter, the rest veiled, and its true continuation', async () => {
    const { page } = here;
    expect(await page.locator('.example').count()).toBe(12);
    expect(await page.getByRole('radio', { name: 'Bottom left quarter' }).isChecked()).toBe(true);
    expect(await page.locator('.veil').count()).toBe(1);
    const names = await page.locator('.guesses figcaption b').allTextContents();
    expect(names).toEqual(['Baseline', 'Mean', 'Variance', 'Ground truth']);
    // The truth is what lies under the veil.
    expect((await greysOf(page, '.guesses figure:last-of-type'))[0]).toEqual(await paper());
  });

  it('draws while a person does: samples, baseline and variance follow the pen', async () => {
    const { page } = here;
    await page.getByRole('button', { name: 'Clear' }).click();
    await settled(page);
    expect(await ink()).toBe(0);
    const [samples, guesses] = [await pixelsOf(page, GRID), await pixelsOf(page, GUESSES)];
    await stroke([3, 17], [6, 22], [11, 25]);
    await settled(page);
    expect(await ink()).toBeGreaterThan(20);
    const after = await pixelsOf(page, GRID);
    after.forEach((sample, i) => expect(sample).not.toBe(samples[i]));
    const guessed = await pixelsOf(page, GUESSES);
    expect(guessed).toHaveLength(3); // it is no example any more: there is no truth
    guessed.forEach((guess, i) => expect(guess).not.toBe(guesses[i]));
    await expect.poll(() => page.locator('.status').textContent()).toMatch(/Latency \d+(\.\d)? ms median, \d+/);
  });

  it('is given only what is seen: the pen stops at the veil, and what is under it changes nothing', async () => {
    const { page } = here;
    const before = await paper();
    await stroke([20, 4], [24, 8]);
    expect(await paper()).toEqual(before);
    await page.getByRole('radio', { name: 'Everything' }).check();
    await stroke([20, 4], [24, 8]);
    await settled(page);
    expect(await paper()).not.toEqual(before);
    const all = await pixelsOf(page, GRID);
    const quarter = await change(page, GRID, () => page.getByRole('radio', { name: 'Bottom left quarter' }).check());
    expect(quarter.after).not.toEqual(all);
    await page.getByRole('button', { name: 'Undo' }).click();
    await settled(page);
    expect(await paper()).toEqual(before);
    expect(await pixelsOf(page, GRID)).toEqual(quarter.after);
  });

  it.runIf(IS_LONG)('takes away what the eraser goes over, and gives it back', async () => {
    const { page } = here;
    const before = await paper();
    await page.getByRole('button', { name: 'Eraser' }).click();
    await stroke([3, 17], [6, 22]);
    const after = await ink();
    expect(after).toBeLessThan(before.filter((shade) => shade > 0).length);
    await page.getByRole('button', { name: 'Undo' }).click();
    expect(await paper()).toEqual(before);
    await page.getByRole('button', { name: 'Pen', exact: true }).click();
  });

  it('is drawn with the keyboard alone', async () => {
    const { page } = here;
    await page.getByRole('button', { name: 'Clear' }).click();
    await page.getByRole('application').focus();
    for (const key of ['ArrowLeft', 'ArrowLeft', 'ArrowDown', 'ArrowDown', 'ArrowDown', 'Space'])
      await page.keyboard.press(key);
    const dot = await ink();
    expect(dot).toBeGreaterThan(0);
    for (let i = 0; i < 6; i++) await page.keyboard.press('Shift+ArrowDown');
    expect(await ink()).toBeGreaterThan(dot + 6);
    await expect.poll(() => page.locator('.drawing [aria-live]').textContent()).toBe('Row 24, column 13: 100 % ink');
    await page.keyboard.press('Control+z');
    await expect.poll(() => ink()).toBeGreaterThan(dot);
  });

  it('gives what Node and the command line give for the image that it saves', async () => {
    const { page } = here;
    await settled(page);
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save x.png' }).click(),
    ]);
    await file.saveAs(join(folder, 'x.png'));
    const { data, channels } = decode(await readFile(join(folder, 'x.png')));
    const x = Float32Array.from({ length: 784 }, (_, i) => (data[i * channels] ?? 0) / 255);
    expect(x.some((value) => value > 0)).toBe(true);
    const model = await open(folder);
    const samples = await model.sample({ x }, { count: 16, seed: 1 });
    await model.close();
    const shown = await greysOf(page, GRID);
    const farthest = shown.map((greys, row) =>
      Math.max(...greys.map((grey, i) => Math.abs(grey - (samples.image(row).data[i] ?? NaN)))),
    );
    expect(Math.max(...farthest)).toBeLessThanOrEqual(1);

    const command = (await page.locator('.command code').textContent()) ?? '';
    const args = command.split(' ').slice(2);
    const { status, stderr } = spawnSync(process.execPath, [CLI, ...args], { cwd: folder, encoding: 'utf8' });
    expect(status, stderr).toBe(0);
  });

  it.runIf(IS_LONG)('is in the address with what was drawn', async () => {
    const { page } = here;
    await expect.poll(() => page.url()).toMatch(/c\.x=1\.\w+/);
    const other = await visit(browser, folder, { hash: new URL(page.url()).hash });
    expect(await pixelsOf(other.page, PAPER)).toEqual(await pixelsOf(page, PAPER));
    expect(await pixelsOf(other.page, GRID)).toEqual(await pixelsOf(page, GRID));
    await other.close();
  });
});

describe('the latent', () => {
  it('is mapped about the prior of the condition, whose ellipse it shows', async () => {
    const { page } = here;
    await page.locator('.example').nth(4).click();
    await settled(page);
    await page.getByRole('tab', { name: 'Latent' }).click();
    await page.locator('.map canvas').waitFor();
    await settled(page);
    const [i = 0, j = 0] = await page.evaluate<number[]>(
      `[...document.querySelectorAll('.latent-map select')].map((one) => Number(one.value))`,
    );
    const x = Float32Array.from((await greysOf(page, PAPER))[0] ?? [], (v, at) =>
      at % 28 < 14 && at >= 14 * 28 ? v / 255 : 0,
    );
    const model = await open(folder);
    const { logVar } = await model.prior({ x });
    await model.close();
    const [a, b] = [i, j].map((axis) => Math.exp((logVar.data[axis] ?? NaN) / 2));
    const [rx = NaN, ry = NaN] = await page.evaluate<number[]>(
      `(() => { const e = document.querySelector('.map ellipse'); return [e.rx.baseVal.value, e.ry.baseVal.value]; })()`,
    );
    expect(rx / ry).toBeCloseTo((a ?? NaN) / (b ?? NaN), 4);
    expect(Math.max(rx, ry)).toBeCloseTo(1 / 6, 5);
  });

  it('is walked by dragging, by arrow keys and by sliders', async () => {
    const { page } = here;
    const start = await pixelsOf(page, '.here');
    const box = await page.locator('.map-box').boundingBox();
    if (!box) throw new Error('there is no map');
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.9, box.y + box.height * 0.2, { steps: 3 });
    await page.mouse.up();
    await settled(page);
    const dragged = await pixelsOf(page, '.here');
    expect(dragged).not.toEqual(start);
    const label = await page.locator('.point').getAttribute('aria-label');
    await page.locator('.point').focus();
    await page.keyboard.press('Shift+ArrowDown');
    await settled(page);
    expect(await page.locator('.point').getAttribute('aria-label')).not.toBe(label);
    expect(await pixelsOf(page, '.here')).not.toEqual(dragged);
    const map = await pixelsOf(page, '.map');
    // A dimension that the map does not show: the map changes with it.
    await page.locator('.z input[type=range]').nth(2).fill('3');
    await settled(page);
    expect(await pixelsOf(page, '.map')).not.toEqual(map);
  });

  it('goes back to the mean, but for what is locked', async () => {
    const { page } = here;
    const slider = page.locator('.z input[type=range]').nth(2);
    const value = await slider.inputValue();
    await page.locator('.z button[aria-pressed]').nth(2).click();
    expect(await slider.isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'Reset unlocked' }).click();
    await settled(page);
    expect(await slider.inputValue()).toBe(value);
    await page.locator('.z button[aria-pressed]').nth(2).click();
    await page.getByRole('button', { name: 'Go to the mean' }).click();
    await expect.poll(() => page.locator('.here b').textContent()).toBe('0.00');
    await page.getByRole('button', { name: 'Show all 32' }).click();
    expect(await page.locator('.z input[type=range]').count()).toBe(32);
  });

  it.runIf(IS_LONG)('leads from one pinned sample to another', async () => {
    const { page } = here;
    await page.getByRole('tab', { name: 'Samples' }).click();
    await settled(page);
    const samples = await pixelsOf(page, GRID);
    for (const [sample, end] of [
      ['Sample 2', 'Pin as A'],
      ['Sample 7', 'Pin as B'],
    ] as const) {
      await page.getByRole('button', { name: sample, exact: true }).click();
      await page.getByRole('button', { name: end }).click();
    }
    await page.getByRole('button', { name: 'Interpolate from A to B' }).click();
    await page.locator('.steps canvas').first().waitFor();
    await settled(page);
    const steps = await greysOf(page, '.steps');
    expect(steps).toHaveLength(9);
    const near = (a: readonly number[] | undefined, text: string | undefined): number =>
      Math.max(
        ...(text ?? '')
          .split(',')
          .filter((_, i) => i % 4 === 0)
          .map((v, i) => Math.abs(Number(v) - (a?.[i] ?? NaN))),
      );
    expect(near(steps[0], samples[1])).toBeLessThanOrEqual(1);
    expect(near(steps[8], samples[6])).toBeLessThanOrEqual(1);
    await page.getByRole('slider', { name: 'Position' }).fill('1');
    await settled(page);
    expect(near((await greysOf(page, '.here'))[0], samples[6])).toBeLessThanOrEqual(1);
    await expect.poll(() => page.url()).toMatch(/a=1\.1\.1&b=1\.6\.1/);
  });

  it('says nothing on the console', () => {
    expect(faults(here.said)).toEqual([]);
  });
});
