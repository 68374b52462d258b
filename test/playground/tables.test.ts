import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { categorical, concat, continuous, cvae, dense, gaussian, normal } from 'cvae-compile';
import { data as weather } from '../../examples/table/model.ts';
import { quantiles } from '../../playground/src/table/statistics.ts';
import { drawSamples } from '../../src/cli/samples.ts';
import { readAll } from '../support/read-all.ts';
import { compile } from '../../src/export/compile.ts';
import { write } from '../../src/export/write.ts';
import { open } from '../../src/runtime/node.ts';
import { shared } from '../browser/support/shared.ts';
import { trainedWeights } from '../compiler/weights.ts';
import { axe } from './support/axe.ts';
import { exportForPage, exportModelForPage } from './support/export.ts';
import { bytesOf, faults, visit, type Visit, type VisitOptions } from './support/visit.ts';
import { IS_LONG, chosen } from '../support/chosen.ts';

const columns = Array.from({ length: 14 }, (_, i) => `a column with a long name ${i + 1}`);
const wide = cvae({
  condition: { x: continuous(1) },
  target: normal(14),
  latent: 1,
  recognition: ({ y, x }) => concat(y, x).pipe(gaussian(1)),
  decoder: ({ z, x }) => concat(z, x).pipe(dense(14)),
});

/** The example's table with a fixed σ: the weights that tests take would make a learned one immense. */
const fixed = cvae({
  condition: { station: categorical('coast', 'valley', 'peak'), day: continuous(1), clouds: continuous(1) },
  target: normal(3, { sigma: 0.5 }),
  latent: 2,
  recognition: ({ y, station, day, clouds }) => concat(y, station, day, clouds).pipe(gaussian(2)),
  decoder: ({ z, station, day, clouds }) => concat(z, station, day, clouds).pipe(dense(3)),
});

let root = '';
let stations = '';
let days = '';
let browser: Browser;
let here: Visit | undefined;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'cvae-tables-'));
  stations = await exportModelForPage(root, 'stations', fixed, weather);
  days = await exportForPage(root, 'weather');
  const names = { y: { elements: columns, units: columns.map((_, i) => (i === 1 ? 'km/h' : '')) } };
  await write(join(root, 'wide'), compile(wide, trainedWeights(wide), { name: 'wide', names }), async () => undefined);
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

/** Opens a page, and waits until a view is there. */
const go = async (folder: string, hash: string, view = '.column-plot', options: VisitOptions = {}): Promise<Page> => {
  here = await visit(browser, folder, { hash, wait: false, ...options });
  await here.page.locator(view).first().waitFor({ timeout: 30_000 });
  return here.page;
};

const saved = async (page: Page, button: string | RegExp): Promise<string> => {
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: button }).click({ timeout: 10_000 }),
  ]);
  return (await bytesOf(file)).toString();
};

const cellsOf = (csv: string): readonly (readonly string[])[] =>
  csv
    .trim()
    .split('\n')
    .map((line) => line.split(','));

const AT = '#c.station=peak&c.day=180&c.clouds=4&seed=5';

describe('a table in the page', () => {
  it('is drawn over data like the conditions, with all that is seen as CSV', async () => {
    const page = await go(stations, AT);
    expect(await page.locator('.column-plot figcaption').allTextContents()).toEqual([
      'temperature',
      'humidity',
      'wind',
    ]);
    expect(await page.locator('.column-plot path.behind').count()).toBe(3);
    expect(await page.locator('.legend').first().textContent()).toMatch(
      /samples.*data \(\d+ rows with similar conditions\)/,
    );
    expect(await page.locator('.column-plot svg').first().getAttribute('aria-label')).toMatch(
      /^temperature: samples median −?\d.*; data median −?\d/,
    );
    const settings = new Map([
      ['station', ['peak']],
      ['day', ['180']],
      ['clouds', ['4']],
    ]);
    const told = { seed: 5, temperature: 1, draw: true } as const;
    for (const [button, count] of [
      ['Save these 500 samples as CSV', 500],
      ['Save table as CSV', 16],
    ] as const) {
      const [head, ...rows] = cellsOf(await saved(page, button));
      const [expected, ...known] = cellsOf(
        await readAll((await drawSamples(stations, settings, { ...told, count })).csv()),
      );
      expect(head).toEqual(expected);
      expect(head).toEqual(['station', 'day', 'clouds', 'sample', 'temperature', 'humidity', 'wind']);
      expect(rows).toHaveLength(count);
      for (const [i, row] of rows.entries()) {
        expect(row.slice(0, 4)).toEqual(known[i]?.slice(0, 4));
        for (let j = 4; j < 7; j++) expect(Number(row[j])).toBeCloseTo(Number(known[i]?.[j]), 2);
      }
    }
    expect(faults(here?.said ?? [])).toEqual([]);
  });

  it('has a quantile band along a number, computed as in Node; a click sets the number', async () => {
    const page = await go(stations, `${AT}&view=trend`, '.band-median');
    expect(await page.locator('.column-plot .dots.data').count()).toBe(3);
    const [head, ...found] = cellsOf(await saved(page, 'Save quantiles as CSV'));
    expect(head?.join()).toBe('day,column,class,share,q5,q25,q50,q75,q95');
    const places = found.filter(([, column]) => column === 'wind').map(([day]) => Number(day));
    expect(places).toHaveLength(49);
    const model = await open<typeof fixed>(stations);
    const day = Float32Array.from(places);
    const { data } = await model.sample({ station: 'peak', day, clouds: 4 }, { count: 200, seed: 5, draw: true });
    await model.close();
    for (const at of [0, 24, 48]) {
      const draws = Array.from({ length: 200 }, (_, i) => data[3 * (200 * at + i) + 2] ?? 0);
      const [, , , , ...own] = found[2 * 49 + at] ?? [];
      for (const [i, value] of quantiles(draws).entries()) expect(Number(own[i])).toBeCloseTo(value, 2);
    }
    const box = await page.locator('.along').first().boundingBox();
    await page.mouse.click((box?.x ?? 0) + (box?.width ?? 0) * 0.3, (box?.y ?? 0) + 60);
    const number = page.getByRole('spinbutton', { name: 'day, as a number' });
    await expect.poll(async () => Number(await number.inputValue())).toBeLessThan(150);
    expect(page.url()).toContain('view=trend');
    await page.getByRole('combobox', { name: 'Along' }).selectOption('clouds');
    await expect.poll(() => page.locator('.along svg').first().getAttribute('aria-label')).toContain('along clouds');
    await page.getByRole('checkbox', { name: /All classes/ }).check();
    await expect.poll(() => page.locator('.figures').first().textContent()).toMatch(/medians coast .*valley .*peak /);
    expect(faults(here?.said ?? [])).toEqual([]);
  });

  it('has small plots for each class in place of a page of rows', async () => {
    const page = await go(days, '#c.month=all&seed=3');
    expect(await page.locator('.multiple').count()).toBe(36);
    expect(await page.locator('.multiple').first().textContent()).toContain('Jan');
    expect(await page.locator('.multiple path.behind').count()).toBe(36);
    expect(await page.locator('.stacks li').count()).toBe(12);
    expect(await page.locator('.column-plot .legend').textContent()).toMatch(/clear.*cloudy.*rain/);
    // 192 rows, in a box of their own.
    expect(await page.locator('table.samples tbody tr').count()).toBe(192);
    expect((await page.locator('.scroll.tall').boundingBox())?.height).toBeLessThan(470);
    const csv = (await saved(page, /^Save these 6000 samples/)).trim().split('\n');
    expect(csv[0]).toBe('month,sample,rain,low,high,sky');
    expect(csv).toHaveLength(6001);
    expect(csv.at(-1)).toMatch(/^Dec,499,.*,(clear|cloudy|rain)$/);
  });

  it('pairs its columns, coloured by a class or by a number', async () => {
    const page = await go(days, '#c.month=Jul&view=pairs', '.pairs');
    expect(await page.locator('.pairs .pair-title').allTextContents()).toEqual(
      ['rain', 'temperature: low', 'temperature: high', 'sky'], // prettier-ignore
    );
    expect(await page.locator('.pairs .dots.drawn').count()).toBe(6);
    await page.getByLabel('Colour by').selectOption('sky');
    expect(await page.locator('.table-views .legend').nth(1).textContent()).toMatch(/sky.*clear.*cloudy.*rain/);
    expect(await page.locator('.pairs .dots.drawn').count()).toBeGreaterThan(12);
    await page.getByLabel('Colour by').selectOption('rain');
    expect(
      await page
        .locator('.table-views')
        .getByRole('img', { name: /^rain: from .* to / })
        .count(),
    ).toBe(1);
    await page.getByRole('checkbox', { name: 'sky' }).uncheck();
    expect(await page.locator('.pairs .pair-title').count()).toBe(3);
    expect(await page.getByRole('img', { name: /^temperature: low against rain, rank correlation/ }).count()).toBe(1);
    expect(await axe(page)).toEqual([]);
    expect(faults(here?.said ?? [])).toEqual([]);
  });

  it.runIf(IS_LONG)('does not cut a wide table: it scrolls, and the samples’ numbers stay', async () => {
    const page = await go(join(root, 'wide'), '');
    const region = page.getByRole('region', { name: 'Table of samples' });
    const first = region.locator('tbody th').first();
    const before = await first.boundingBox();
    await region.evaluate((element) => (element.scrollLeft = 400));
    expect(await region.evaluate((element) => element.scrollLeft)).toBe(400);
    expect((await first.boundingBox())?.x).toBeCloseTo(before?.x ?? NaN, 0);
    expect(await page.locator('.column-plot figcaption').nth(1).textContent()).toBe(
      'a column with a long name 2 (km/h)',
    );
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(1280);
    // Without rows of the data, the draws are shown alone.
    expect(await page.locator('.column-plot path.behind').count()).toBe(0);
    expect((await saved(page, 'Save table as CSV')).split('\n')[0]).toBe(['x', 'sample', ...columns].join(','));
  });

  it.each(chosen('tables on a phone', ['distributions', 'trend', 'pairs'], 1))(
    'fits a phone, dark, where axe finds nothing: %s',
    async (view) => {
      const page = await go(stations, `#c.station=all&c.day=180&c.clouds=4&view=${view}`, '.column-plot, .pairs', {
        viewport: { width: 390, height: 844 },
        isMobile: true,
        hasTouch: true,
        colorScheme: 'dark',
      });
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
      expect(await axe(page)).toEqual([]);
    },
  );
});
