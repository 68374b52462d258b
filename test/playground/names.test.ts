import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { categorical, concat, continuous, cvae, dense, gaussian, heads, normal, poisson } from 'cvae-compile';
import { write } from '../../src/export/write.ts';
import { compile } from '../../src/export/compile.ts';
import { open } from '../../src/runtime/node.ts';
import { shared } from '../browser/support/shared.ts';
import { trainedWeights } from '../compiler/weights.ts';
import { faults, settled, visit, type Visit } from './support/visit.ts';
import { IS_LONG } from '../support/chosen.ts';

const model = cvae({
  condition: { stars: categorical('1', '2', '3', '4', '5'), size: continuous(2) },
  target: normal(2),
  latent: 1,
  recognition: ({ y, stars, size }) => concat(y, stars, size).pipe(gaussian(1)),
  decoder: ({ z, stars, size }) => concat(z, stars, size).pipe(dense(2)),
});
const names = {
  size: { elements: ['width', 'height'], units: ['cm', ''] },
  y: { elements: ['price', 'weight'], units: ['€', 'kg'] },
};

let root = '';
let browser: Browser;
let here: Visit | undefined;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'cvae-names-'));
  await write(
    join(root, 'hotel'),
    compile(model, trainedWeights(model), { name: 'hotel', names }),
    async () => undefined,
  );
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

/** The numbers of the first line of the table. */
const firstRow = async ({ page }: Visit): Promise<readonly number[]> =>
  (await page.locator('table.samples tbody tr').first().locator('td').allTextContents()).map((text) =>
    Number(text.replace('−', '-')),
  );

it('classes that are numbers are the ones that are called so: buttons, samples, command and address', async () => {
  here = await visit(browser, join(root, 'hotel'), { hash: '#c.stars=2&c.size=1.23456,20241&seed=1' });
  const { page, said } = here;
  expect(await page.locator('.conditions .choice span').allTextContents()).toEqual(['1', '2', '3', '4', '5']);
  expect(await page.getByRole('radio', { name: '2', exact: true }).isChecked()).toBe(true);
  const opened = await open(join(root, 'hotel'));
  for (const stars of ['2', '5']) {
    await page.getByRole('radio', { name: stars, exact: true }).check();
    await settled(page);
    const { data } = await opened.sample({ stars, size: [1.23456, 20241] }, { count: 16, seed: 1, draw: true });
    await expect
      .poll(() => firstRow(here as Visit))
      .toEqual([...data.subarray(0, 2)].map((v) => Number(v.toPrecision(4))));
    // The very numbers, and not those that are shown.
    await expect.poll(() => page.textContent('body')).toContain(`--set stars=${stars} --set size=1.23456,20241`);
    await expect.poll(() => page.url()).toContain(`c.stars=${stars}`);
  }
  await opened.close();
  expect(faults(said)).toEqual([]);
});

it.runIf(IS_LONG)('columns have the names that the data give them, with their units', async () => {
  here = await visit(browser, join(root, 'hotel'));
  const { page } = here;
  const heads = await page.locator('table.samples thead th').allTextContents();
  expect(heads.map((head) => head.trim())).toEqual(['Sample', 'price (€)', 'weight (kg)']);
  expect(await page.locator('.column-plot figcaption').allTextContents()).toEqual(['price (€)', 'weight (kg)']);
  for (const label of ['width (cm)', 'height']) expect(await page.getByRole('slider', { name: label }).count()).toBe(1);
});

it('names of any length stay within the page, and leave room for what is said of them', async () => {
  const long = 'a_column_whose_name_nobody_has_shortened_with_its_unit_mm_per_hour';
  const own = cvae({
    condition: { [long]: continuous(1) },
    target: normal(1),
    latent: 1,
    recognition: ({ y, [long]: given }) => concat(y, given).pipe(gaussian(1)),
    decoder: ({ z, [long]: given }) => concat(z, given).pipe(dense(1)),
  });
  await write(join(root, 'long'), compile(own, trainedWeights(own), { name: 'long' }), async () => undefined);
  here = await visit(browser, join(root, 'long'), { hash: '#tab=model', wait: false });
  const { page } = here;
  await page.getByText('decoder.onnx').waitFor();
  for (const width of [1280, 390]) {
    await page.setViewportSize({ width, height: 800 });
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
    expect(await page.evaluate('document.querySelector(".files .scroll").scrollWidth - document.querySelector(".files .scroll").clientWidth')).toBe(0); // prettier-ignore
    const narrow = await page
      .locator('.facts dd')
      .evaluateAll((all) => all.filter((one) => one.clientWidth < 150).length);
    expect(narrow).toBe(0);
  }
});

it('classes of any length stay in their column; counts are above their places; one dimension is a line that keys walk along', async () => {
  const long = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft';
  const targets = { sort: categorical(long, 'الرياض'), visits: poisson(1) };
  const own = cvae({
    condition: { kind: categorical(long, 'b') },
    target: targets,
    latent: 1,
    recognition: ({ y, kind }) => concat(y.sort, y.visits, kind).pipe(gaussian(1)),
    decoder: ({ z, kind }) => concat(z, kind).pipe(heads(targets)),
  });
  const compiled = compile(own, trainedWeights(own), { name: 'classes', recognition: true });
  await write(join(root, 'classes'), compiled, async () => undefined);
  here = await visit(browser, join(root, 'classes'));
  const { page, said } = here;
  expect(await page.locator('.top .hint').textContent()).toContain('1 latent dimension ·');
  const counts = await page
    .locator('.column-plot')
    .nth(1)
    .evaluate((plot) => ({
      line: plot.querySelector('.drawn-line')?.getAttribute('d') ?? '',
      ticks: [...plot.querySelectorAll('.axis g')].map((tick) => [tick.textContent, tick.querySelector('line')?.getAttribute('x1')]), // prettier-ignore
    }));
  // The bar of a count is in the middle above it.
  const width = Number(/H([\d.]+)/.exec(counts.line)?.[1]);
  const [[first, at] = []] = counts.ticks;
  expect(Number(at) / width - 0.5).toBeCloseTo(Number(first), 1);

  for (const tab of ['Samples', 'Latent', 'Your data']) {
    await page.getByRole('tab', { name: tab }).click();
    await page.locator('.column-plot svg, .latent-map canvas, .ask-answers table').first().waitFor();
    const beyond =
      await page.evaluate(`[...document.querySelectorAll('.conditions, .latent-map, .ask-own, .ask-answers')].flatMap((column) => {
      const { right } = column.getBoundingClientRect();
      return [...column.querySelectorAll(':not(.scroll *)')].filter((one) => one.getBoundingClientRect().right > right + 1).map(({ outerHTML }) => outerHTML.slice(0, 90));
    })`);
    expect(beyond).toEqual([]);
  }
  await page.getByRole('tab', { name: 'Latent' }).click();
  const point = page.getByRole('button', { name: /^Point at z1/ });
  await point.focus();
  await page.keyboard.press('Shift+ArrowRight');
  await expect.poll(() => point.getAttribute('aria-label')).toBe('Point at z1 0.50: arrow keys move it');
  expect(await page.locator('.latent-map').textContent()).toContain('z1 from −3.0 to 3.0. Lines: 1 and 2');
  expect(faults(said)).toEqual([]);
});
