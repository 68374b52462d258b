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
import { bytesOf, change, faults, greysOf, pixelsOf, settled, visit, type Visit } from './support/visit.ts';
import { IS_LONG } from '../support/chosen.ts';

let root = '';
let folder = '';
let browser: Browser;
let here: Visit;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'cvae-page-'));
  folder = await exportForPage(root, 'digits');
  browser = await shared();
  here = await visit(browser, folder);
});
afterAll(async () => {
  await here.close();
  await browser.close();
  await rm(root, { recursive: true });
});

const GRID = '.grid';
const CLI = fileURLToPath(new URL('../../dist/cli/bin.js', import.meta.url));

/** The largest difference of two lists of numbers. */
const farthest = (a: readonly number[], b: readonly number[]): number =>
  a.length === b.length ? Math.max(...a.map((value, i) => Math.abs(value - (b[i] ?? NaN)))) : Infinity;

describe('samples of a model that is given a class', () => {
  it('are those that Node gives for the same seed, to a shade of 255', async () => {
    const { page } = here;
    await page.getByRole('radio', { name: '7', exact: true }).check();
    await settled(page);
    const model = await open(folder);
    const samples = await model.sample({ digit: 7 }, { count: 16, seed: 1 });
    await model.close();
    const shown = await greysOf(page, GRID);
    expect(shown).toHaveLength(16);
    shown.forEach((greys, row) => expect(farthest(greys, [...samples.image(row).data])).toBeLessThanOrEqual(1));
    expect(new Set(await pixelsOf(page, GRID)).size).toBe(16);
  });

  it('change with the class, the seed and the temperature, and come back with them', async () => {
    const { page } = here;
    const seven = await pixelsOf(page, GRID);
    const { after: three } = await change(page, GRID, () =>
      page.getByRole('radio', { name: '3', exact: true }).check(),
    );
    expect(three).not.toEqual(seven);
    const { after: other } = await change(page, GRID, () => page.getByLabel('Seed').fill('2'));
    expect(other).not.toEqual(three);
    const { after: again } = await change(page, GRID, () => page.getByLabel('Seed').fill('1'));
    expect(again).toEqual(three);
    const cold = await change(page, GRID, () => page.getByRole('slider', { name: 'Temperature' }).fill('0'));
    expect(new Set(cold.after).size).toBe(1);
    const [mean] = await pixelsOf(page, '.guesses figure:first-of-type');
    expect(cold.after[0]).toBe(mean);
    await change(page, GRID, () => page.getByRole('slider', { name: 'Temperature' }).fill('1'));
  });

  it('are described to those who do not see them', async () => {
    const { page } = here;
    await expect
      .poll(() => page.locator('[data-testid=announced]').textContent())
      .toBe('16 samples for digit 3, seed 1, temperature 1');
  });

  it('come in a row for each class, with the same noise in each column', async () => {
    const { page } = here;
    await page.getByRole('combobox', { name: 'Samples' }).selectOption('4');
    const before = await change(page, GRID, () => page.getByRole('checkbox', { name: /All classes/ }).check());
    expect(before.after).toHaveLength(40);
    const model = await open(folder);
    const samples = await model.sample({ digit: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] }, { count: 4, seed: 1 });
    await model.close();
    const shown = await greysOf(page, GRID);
    shown.forEach((greys, row) => expect(farthest(greys, [...samples.image(row).data])).toBeLessThanOrEqual(1));
    await page.getByRole('radio', { name: '5', exact: true }).check();
    await settled(page);
    expect(await pixelsOf(page, GRID)).toEqual(before.after.slice(20, 24));
  });

  it('are what the command below them gives', async () => {
    const { page } = here;
    const command = (await page.locator('.command code').textContent()) ?? '';
    expect(command).toBe('npx cvae-compile sample . --set digit=5 --count 4 --seed 1 --columns 2 --out samples.png');
    const args = command.split(' ').slice(2);
    const { status, stderr } = spawnSync(process.execPath, [CLI, ...args], { cwd: folder, encoding: 'utf8' });
    expect(status, stderr).toBe(0);
    const { data, width } = decode(await readFile(join(folder, 'samples.png')));
    const shown = await greysOf(page, GRID);
    // Each pixel is drawn as a square of two by two.
    shown.forEach((greys, row) => {
      const [top, left] = [Math.floor(row / 2) * 56, (row % 2) * 56];
      const drawn = greys.map((_, i) => data[(top + 2 * Math.floor(i / 28)) * width + left + 2 * (i % 28)] ?? NaN);
      expect(farthest(drawn, greys)).toBeLessThanOrEqual(1);
    });
  });

  it('are saved as the picture that is shown', async () => {
    const { page } = here;
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save samples.png' }).click(),
    ]);
    expect(file.suggestedFilename()).toBe('samples.png');
    const { data, width, height, channels } = decode(await bytesOf(file));
    expect([width, height]).toEqual([56, 56]);
    const [first = []] = await greysOf(page, GRID);
    expect(first.map((_, i) => data[(Math.floor(i / 28) * 56 + (i % 28)) * channels])).toEqual(first);
  });

  it('are drawn, black or white, where that is asked for', async () => {
    const { page } = here;
    const drawn = await change(page, GRID, () => page.getByRole('checkbox', { name: /Sample pixels/ }).check());
    const shades = new Set((await greysOf(page, GRID)).flat());
    expect([...shades].sort()).toEqual([0, 255]);
    const { after } = await change(page, GRID, () => page.getByRole('checkbox', { name: /Sample pixels/ }).uncheck());
    expect(after).toEqual(drawn.before);
  });

  it.runIf(IS_LONG)('are in the address, which shows the same to someone else', async () => {
    const { page } = here;
    await page.getByLabel('Seed').fill('123');
    await settled(page);
    const shown = await pixelsOf(page, GRID);
    await expect.poll(() => page.url()).toMatch(/seed=123/);
    const other = await visit(browser, folder, { hash: new URL(page.url()).hash });
    expect(await pixelsOf(other.page, GRID)).toEqual(shown);
    await other.close();
  });

  it('say nothing on the console: no error, and nothing against the policy', () => {
    expect(faults(here.said)).toEqual([]);
  });
});
