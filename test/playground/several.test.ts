import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type weather from '../../examples/weather/model.ts';
import { collect } from '../../src/cli/collect.ts';
import { load } from '../../src/cli/load.ts';
import { withSpecimens } from '../../src/export/specimens.ts';
import { exportTraining } from '../../src/export/training.ts';
import { write } from '../../src/export/write.ts';
import { open } from '../../src/runtime/node.ts';
import { shared } from '../browser/support/shared.ts';
import { trainedWeights } from '../compiler/weights.ts';
import { axe } from './support/axe.ts';
import { exportForPage } from './support/export.ts';
import { faults, settled, visit, type Visit } from './support/visit.ts';
import { IS_LONG } from '../support/chosen.ts';

let root = '';
let folder = '';
let browser: Browser;
let here: Visit;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'cvae-page-'));
  folder = await exportForPage(root, 'weather');
  browser = await shared();
  here = await visit(browser, folder, { hash: '#c.month=Jul&seed=3' });
});
afterAll(async () => {
  await here.close();
  await browser.close();
  await rm(root, { recursive: true });
});

test('several targets are drawn into a table by name, as in Node, with a picture of each column', async () => {
  const { page } = here;
  const table = page.locator('table.samples');
  // A single column says itself what it is.
  expect(await table.locator('thead tr').first().locator('th').allTextContents()).toEqual(['temperature']);
  expect(await table.locator('thead tr').last().locator('th').allTextContents()).toEqual(
    ['Sample', 'rain', 'low', 'high', 'sky'], // prettier-ignore
  );
  const model = await open<typeof weather>(folder);
  const { rain, temperature, sky } = await model.sample({ month: 'Jul' }, { count: 16, seed: 3, draw: true });
  await model.close();
  const shown = await table
    .locator('tbody tr')
    .evaluateAll((rows) => rows.map((row) => [...row.querySelectorAll('td')].map((cell) => cell.textContent)));
  expect(shown).toHaveLength(16);
  for (const [i, [first, low, high, name]] of shown.entries()) {
    expect(name).toBe(['clear', 'cloudy', 'rain'][sky.data[i] ?? -1]);
    const expected = [rain.data[i], temperature.data[2 * i], temperature.data[2 * i + 1]];
    for (const [j, text] of [first, low, high].entries())
      expect(Number(text?.replace('−', '-'))).toBeCloseTo(Number(expected[j]?.toPrecision(4)), 2);
  }
  const bars = await table.locator('thead svg').evaluateAll((all) => all.map((svg) => svg.getAttribute('aria-label')));
  expect(bars).toHaveLength(4);
  const count = (index: number) => sky.data.filter((one) => one === index).length;
  expect(bars[3]).toBe(`sky: clear ${count(0)}, cloudy ${count(1)}, rain ${count(2)}`);
  expect(await page.locator('.column-plot figcaption').allTextContents()).toEqual(
    ['rain', 'temperature: low', 'temperature: high', 'sky'], // prettier-ignore
  );
  expect(await page.locator('.legend').first().textContent()).toMatch(/data \(\d+ rows with similar conditions\)/);
});

test('they are shown as means on request, explored in the latent, and described; axe finds no fault', async () => {
  const { page, said } = here;
  expect(await axe(page)).toEqual([]);
  await page.getByRole('button', { name: 'Sample 2' }).click();
  await page.getByRole('button', { name: 'Explore' }).click();
  await settled(page);
  const names = await page.locator('.outcome dt').allTextContents();
  expect(names).toEqual(['rain', 'temperature', 'sky']);
  expect(await page.locator('.outcome dd').last().textContent()).toMatch(
    /^clear: 0\.\d\d, cloudy: 0\.\d\d, rain: 0\.\d\d$/,
  );
  expect(await page.getByLabel('Colour by').locator('option').allTextContents()).toEqual(
    ['rain', 'temperature: low', 'temperature: high', 'sky: clear', 'sky: cloudy', 'sky: rain'], // prettier-ignore
  );
  expect(await axe(page)).toEqual([]);
  await page.getByRole('tab', { name: 'Model' }).click();
  await expect.poll(() => page.locator('.facts').first().textContent()).toContain('Target sky');
  await page.getByRole('tab', { name: 'Samples' }).click();
  await page.getByRole('checkbox', { name: /Sample values/ }).uncheck();
  await expect
    .poll(() => page.locator('table.samples thead tr').last().locator('th').allTextContents())
    .toEqual(['Sample', 'rain', 'low', 'high', 'clear', 'cloudy', 'rain']);
  await expect.poll(() => page.url()).toContain('draw=no');
  expect(faults(said)).toEqual([]);
});

test.runIf(IS_LONG)('they are trained further in the page, from examples of the data', async () => {
  const definition = await load(fileURLToPath(new URL('../../examples/weather/model.ts', import.meta.url)));
  const bare = exportTraining(definition.model, trainedWeights(definition.model), { name: 'weather' });
  const { compiled } = await withSpecimens(bare, definition.model, {
    collect: () => collect(definition.path, definition.model, definition.data, { seed: 1 }),
  });
  const out = join(root, 'training');
  await write(out, compiled, async () => undefined);
  const { page, said, close } = await visit(browser, out, { hash: '#tab=train', wait: false });
  await page.getByText('Add examples from the data').click();
  for (const i of [1, 2]) await page.getByRole('button', { name: new RegExp(`^Add example ${i},`) }).click();
  expect(await page.getByRole('button', { name: /^Remove example/ }).allTextContents()).toEqual([
    'month Jan',
    'month Feb',
  ]);
  await page.getByLabel('Steps', { exact: true }).fill('20');
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await page.getByRole('button', { name: 'Continue training', exact: true }).waitFor({ timeout: 55_000 });
  expect(await page.locator('.curve figcaption').textContent()).toMatch(/after 20 steps/);
  expect(faults(said)).toEqual([]);
  await close();
});
