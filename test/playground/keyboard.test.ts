import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shared } from '../browser/support/shared.ts';
import { axe } from './support/axe.ts';
import { exportForPage } from './support/export.ts';
import { greysOf, pixelsOf, settled, visit, type Visit, type VisitOptions } from './support/visit.ts';
import { IS_LONG } from '../support/chosen.ts';

let root = '';
let digits = '';
let table = '';
let browser: Browser;
const visits: Visit[] = [];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'cvae-keys-'));
  const files = { recognition: true, evaluationSamples: 10 } as const;
  digits = await exportForPage(root, 'digits', files);
  table = await exportForPage(root, 'weather', files);
  browser = await shared();
});
afterAll(async () => {
  for (const each of visits) await each.close();
  await browser.close();
  await rm(root, { recursive: true });
});

const go = async (folder: string, options: VisitOptions = {}): Promise<Page> => {
  const made = await visit(browser, folder, { reducedMotion: 'reduce', ...options });
  visits.push(made);
  return made.page;
};

/** What is focused, as the page names it. */
const focused = (page: Page): Promise<string> =>
  page.evaluate<string>(`(() => {
    const one = document.activeElement;
    const label = one.getAttribute('aria-label') ?? one.labels?.[0]?.textContent ?? one.textContent;
    return (one.getAttribute('role') ?? one.tagName.toLowerCase()) + ' ' + (label ?? '').trim();
  })()`);

/** Presses Tab until this is focused: whatever cannot be reached fails. */
const tabTo = async (page: Page, what: RegExp): Promise<void> => {
  const passed: string[] = [];
  for (let i = 0; i < 140; i++) {
    await page.keyboard.press('Tab');
    const now = await focused(page);
    if (what.test(now)) return;
    passed.push(now);
  }
  throw new Error(`${what} was not reached: ${passed.join('; ')}`);
};

describe('by the keyboard alone', () => {
  it('a class is chosen, samples are pinned, the path is led along, the point is moved, a picture is drawn and asked about, the code is taken', async () => {
    const page = await go(digits);
    const { keyboard } = page;
    const before = await pixelsOf(page, '.grid');
    await tabTo(page, /^input 0$/);
    await keyboard.press('ArrowRight');
    await settled(page);
    expect(await pixelsOf(page, '.grid')).not.toEqual(before);

    await tabTo(page, /^input Temperature$/);
    await keyboard.press('ArrowLeft');
    await tabTo(page, /^button Sample 1$/);
    await keyboard.press('Enter');
    await tabTo(page, /Pin as A/);
    await keyboard.press('Enter');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Shift+Tab');
    expect(await focused(page)).toMatch(/^button Sample 1, pinned as A$/);
    await keyboard.press('ArrowRight');
    await keyboard.press('Enter');
    await tabTo(page, /Pin as B/);
    await keyboard.press('Enter');
    await tabTo(page, /Go from A to B|Interpolate/);
    await keyboard.press('Enter');
    await settled(page);

    await tabTo(page, /^button Point at/);
    const point = await focused(page);
    await keyboard.press('ArrowRight');
    expect(await focused(page)).not.toBe(point);
    await tabTo(page, /^input Position$/);
    await keyboard.press('ArrowRight');

    await page.locator('#tab-latent').focus();
    await keyboard.press('ArrowRight');
    expect(await focused(page)).toBe('tab Your data');
    await settled(page);
    await tabTo(page, /^application y, 28 by 28 pixels$/);
    const drawn = await greysOf(page, '.triple');
    for (const key of ['Space', 'Shift+ArrowRight', 'Shift+ArrowRight', 'Shift+ArrowDown']) await keyboard.press(key);
    await settled(page);
    expect((await greysOf(page, '.triple'))[1]).not.toEqual(drawn[1]);
    await tabTo(page, /Show on the map/);
    await tabTo(page, /^button Example \d+/);

    await page.locator('#tab-ask').focus();
    await keyboard.press('ArrowRight');
    expect(await focused(page)).toBe('tab Train');
    await keyboard.press('ArrowRight');
    await tabTo(page, /^input TypeScript$/);
    expect(await page.locator('.code pre').textContent()).toContain('digit: 1');
    await keyboard.press('ArrowRight');
    await expect.poll(() => page.locator('.code pre').textContent()).toContain('import numpy');
    await tabTo(page, /^button Copy$/);
    await page.locator('#tab-code').focus();
    await keyboard.press('ArrowRight');
    await tabTo(page, /^input WASM$/);
    await tabTo(page, /self-test/i);
  }, 120_000);
});

describe('axe finds nothing', () => {
  /** What axe finds behind each tab, and in the states that these have. */
  const lookAround = async (page: Page): Promise<readonly string[]> => {
    const found: string[] = [];
    const look = async (state: string): Promise<void> => {
      for (const fault of await axe(page)) found.push(`${state}: ${fault}`);
    };
    await page.getByRole('checkbox', { name: 'All classes, one row each' }).check();
    await settled(page);
    await page
      .getByRole('button', { name: /^Sample (\w+ )?2\b/ })
      .first()
      .click();
    await look('all classes');
    await page.getByRole('button', { name: 'Pin as A' }).click();
    await page
      .getByRole('button', { name: /^Sample (\w+ )?3\b/ })
      .first()
      .click();
    await page.getByRole('button', { name: 'Pin as B' }).click();
    await look('pinned');
    await page.locator('#tab-latent').click();
    await settled(page);
    await page.locator('.term-word').first().focus();
    await look('latent');
    await page.locator('#tab-ask').click();
    await page.locator('.figure').waitFor({ timeout: 60_000 });
    const paste = page.locator('.paste summary');
    if (await paste.count()) {
      await paste.click();
      await page.locator('.paste textarea').fill('1, 2');
    }
    await look('your data');
    await page.locator('#tab-code').click();
    await look('TypeScript');
    await page.getByRole('radio', { name: 'Python' }).check();
    await look('Python');
    await page.locator('#tab-model').click();
    await look('model');
    return found;
  };

  const looks = (['light', 'dark'] as const).flatMap((scheme) => [
    [scheme, 'pictures', () => digits] as const,
    [scheme, 'numbers', () => table] as const,
  ]);
  it.runIf(IS_LONG).each(looks)(
    'in %s, in any state of any tab, of %s',
    async (colorScheme, _, folder) => {
      expect(await lookAround(await go(folder(), { colorScheme, hash: '#count=4' }))).toEqual([]);
    },
    120_000,
  );

  it('on a phone, whose sheets let one see what they change', async () => {
    const page = await go(digits, { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });
    const open = page.getByRole('button', { name: /^Condition: / });
    expect(await page.getByRole('radio', { name: '7', exact: true }).isVisible()).toBe(false);
    await open.click();
    await page.getByRole('radio', { name: '7', exact: true }).check();
    await settled(page);
    const sheet = await page.locator('.sheet-body').first().boundingBox();
    const grid = await page.locator('.grid button').first().boundingBox();
    expect((grid?.y ?? Infinity) + (grid?.height ?? 0)).toBeLessThan(sheet?.y ?? 0);
    expect(await axe(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await expect.poll(() => open.textContent()).toBe('Condition: digit 7');
  });
});
