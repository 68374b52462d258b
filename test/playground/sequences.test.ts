import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  categorical,
  concat,
  constant,
  cvae,
  dense,
  gaussian,
  gru,
  heads,
  logNormal,
  normal,
  steps,
  tanh,
  zeroInflated,
} from 'cvae-compile';
import { records } from '../../src/data/records.ts';
import { open } from '../../src/runtime/node.ts';
import { shared } from '../browser/support/shared.ts';
import { runsOf } from '../../playground/src/view/plots.ts';
import { axe } from './support/axe.ts';
import { exportModelForPage } from './support/export.ts';
import { faults, visit, type Visit } from './support/visit.ts';

// Visits of a shop, as `init --by` writes their definition: a page, seconds and an amount at each of up to six steps, and an end.

const LENGTH = 6;
const PAGES = ['cart', 'home', 'search'];
const targets = {
  place: categorical('cart', 'home', 'search', { at: [LENGTH] }),
  seconds: normal(LENGTH, 1, { sigma: 'learned' }),
  spent: zeroInflated(logNormal(LENGTH, 1)),
  more: categorical('yes', 'end', { at: [LENGTH], end: 'end' }),
};
const model = cvae({
  condition: { device: categorical('desktop', 'phone') },
  target: targets,
  latent: 2,
  recognition: ({ y, device }) =>
    concat(concat(y.place, y.seconds, y.spent, y.more).pipe(gru(4, { last: true })), device).pipe(gaussian(2)),
  decoder: ({ z, device }) =>
    steps(
      targets,
      {
        start: {
          place: constant([3], 0),
          seconds: constant([1], 0),
          spent: constant([1], 0),
          more: constant([2], 0), // prettier-ignore
        },
        state: concat(z, device).pipe(dense(6)),
      },
      ({ previous, state }) => {
        const next = concat(previous.place, previous.seconds, previous.spent, previous.more, state).pipe(
          dense(6),
          tanh,
        );
        return {
          out: next.pipe(
            heads({
              place: categorical('cart', 'home', 'search'),
              seconds: normal(1, { sigma: 'learned' }),
              spent: zeroInflated(logNormal(1)),
              more: categorical('yes', 'end'),
            }),
          ),
          state: next,
        };
      },
    ),
});
const rows = Array.from({ length: 30 }, (_, visit) =>
  Array.from({ length: 1 + (visit % LENGTH) }, (_, time) => ({
    visit,
    device: visit % 2 === 0 ? 'phone' : 'desktop',
    place: PAGES[(visit + time) % 3],
    'Seconds on page': 5 + ((visit * 7 + time * 3) % 20),
    'Spent €': time === 2 ? 10 + visit : 0,
  })),
).flat();
const data = records(rows, {
  by: 'visit',
  columns: { seconds: 'Seconds on page', spent: 'Spent €' },
  derive: { more: () => 'yes' },
  test: 0.2,
});

let root = '';
let folder = '';
let browser: Browser;
let here: Visit;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'cvae-sequences-'));
  folder = await exportModelForPage(root, 'visits', model, data, { recognition: true });
  browser = await shared();
  here = await visit(browser, folder, { hash: '#c.device=phone&seed=3', wait: false });
  await here.page.locator('.sequences .near').nth(15).waitFor();
});
afterAll(async () => {
  await here.close();
  await browser.close();
  await rm(root, { recursive: true });
});

test('each sample has its words, and a named line for each series, up to its end, as in Node', async () => {
  const { page } = here;
  const opened = await open<typeof model>(folder);
  const { place, more } = await opened.sample({ device: 'phone' }, { count: 16, seed: 3, draw: true });
  await opened.close();
  const cards = page.locator('.sequences .near');
  const lengths: number[] = [];
  for (let i = 0; i < 16; i++) {
    const ended = Array.from(more.data.subarray(i * LENGTH, (i + 1) * LENGTH)).indexOf(1);
    const length = ended < 0 ? LENGTH : ended;
    lengths.push(length);
    const words = Array.from(place.data.subarray(i * LENGTH, i * LENGTH + length), (index) => PAGES[index] ?? '');
    const card = cards.nth(i);
    expect(await card.locator('.numbers').allTextContents()).toEqual([runsOf(words).join(' ') || '(empty)']);
    const named = length === 0 ? [] : ['place', 'Seconds on page', 'Spent €'];
    expect(await card.locator('.hint').allTextContents()).toEqual(
      [...named, `Sample ${i + 1}, ${length} step${length === 1 ? '' : 's'}`], // prettier-ignore
    );
    const points = await card
      .locator('polyline')
      .evaluateAll((all) => all.map((line) => (line.getAttribute('points') ?? '').split(' ').filter(Boolean).length));
    // A line of a single point would not be seen.
    expect(points).toEqual(length === 0 ? [] : [0, 1].map(() => (length === 1 ? 2 : length)));
  }
  expect(new Set(lengths).size).toBeGreaterThan(2);
  expect(await page.locator('.charts figcaption').allTextContents()).toEqual(['Seconds on page', 'Spent €']);
  expect(await axe(page)).toEqual([]);
});

test('what is decoded, reconstructed and near is shown alike, within the page, and without the class that is the end', async () => {
  const { page, said } = here;
  for (const [tab, shown] of [
    ['Latent', '.here .sequence'],
    ['Your data', '.nearest .sequence'],
  ] as const) {
    await page.getByRole('tab', { name: tab }).click();
    await page.locator(shown).first().waitFor();
    await expect.poll(() => page.locator('.sequence').count()).toBeGreaterThan(4);
    const texts = await page.locator('.sequence').allTextContents();
    for (const text of texts)
      expect(text).toMatch(/^\(empty\)$|^place(cart|home|search)(\s(cart|home|search|×\d+))*Seconds on page.*Spent €/);
    for (const width of [1280, 390]) {
      await page.setViewportSize({ width, height: 800 });
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
      const narrow = await page
        .locator('.sequence svg')
        .evaluateAll((all) => all.filter((svg) => svg.clientWidth < 60).length);
      expect(narrow).toBe(0);
    }
    await page.setViewportSize({ width: 1280, height: 800 });
    expect(await axe(page)).toEqual([]);
  }
  expect(faults(said)).toEqual([]);
});

test('a sequence of one’s own is typed, or pasted with the names and the condition of a long table', async () => {
  const { page, said } = here;
  await page.getByRole('tab', { name: 'Your data' }).click();
  const text = page.getByLabel('A line for each step, at most 6');
  const status = page.locator('.ask-own [role=status]');
  const given = page.locator('.pair figure').first().locator('.numbers');
  expect(await text.inputValue()).toMatch(/^place, +Seconds on page, Spent €\n(cart|home|search),/);
  expect(await page.locator('.ask-own select, .ask-own input').count()).toBe(0);
  await text.fill('cart, 7, 0\nsearch, 12.5, 3');
  await expect.poll(() => given.textContent()).toBe('cart search');
  await text.fill(
    'visit;device;place;Spent €;Seconds on page\n9;desktop;home;0;5\n9;desktop;home;0;6\n9;desktop;cart;1;2',
  );
  await expect.poll(() => given.textContent()).toBe('home home cart');
  expect(await status.textContent()).toBe('Also taken: device. Not in the model: visit.');
  expect(await page.getByRole('radio', { name: 'desktop' }).isChecked()).toBe(true);
  await text.fill('nowhere, 7, 0');
  await expect.poll(() => status.textContent()).toBe('“nowhere” is not a class of place');
  expect(await text.getAttribute('aria-invalid')).toBe('true');
  expect(await axe(page)).toEqual([]);
  // An example takes its place.
  await page.locator('.nearest .near').first().click();
  await expect.poll(() => text.inputValue()).toMatch(/^place, /);
  expect(await status.textContent()).toBe('');
  // What was read only now does not look like a model that is not open yet.
  await page.getByRole('tab', { name: 'Model' }).click();
  await expect.poll(() => page.locator('#backend-why').textContent()).not.toContain('loading');
  await page.getByText('normal of 6 × 1: Seconds on page at each of 6 steps').waitFor();
  expect(faults(said)).toEqual([]);
});
