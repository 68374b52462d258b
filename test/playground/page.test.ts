import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { axe } from './support/axe.ts';
import { shared } from '../browser/support/shared.ts';
import { exportForPage } from './support/export.ts';
import { bytesOf, change, faults, pixelsOf, settled, visit, type Visit, type VisitOptions } from './support/visit.ts';
import { IS_LONG, chosen } from '../support/chosen.ts';

let root = '';
let digits = '';
let table = '';
let browser: Browser;
const visits: Visit[] = [];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'cvae-page-'));
  digits = await exportForPage(root, 'digits');
  table = await exportForPage(root, 'table');
  browser = await shared();
});
afterEach(async () => {
  for (const each of visits.splice(0)) await each.close();
});
afterAll(async () => {
  await browser.close();
  await rm(root, { recursive: true });
});

const go = async (folder: string, options: VisitOptions = {}): Promise<Visit> => {
  const made = await visit(browser, folder, options);
  visits.push(made);
  return made;
};

describe('the page', () => {
  it.each(chosen('axe on the page', ['light', 'dark'] as const, 1))(
    'has no fault that axe finds, in %s, behind any tab',
    async (colorScheme) => {
      const { page, said } = await go(digits, { colorScheme, reducedMotion: 'reduce' });
      expect(await axe(page)).toEqual([]);
      for (const name of ['Latent', 'Model']) {
        await page.getByRole('tab', { name }).click();
        if (name === 'Latent') await settled(page);
        expect(await axe(page)).toEqual([]);
      }
      expect(faults(said)).toEqual([]);
    },
  );

  it.runIf(IS_LONG)('fits a phone, where axe finds nothing either', async () => {
    const { page } = await go(digits, { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });
    for (const name of ['Samples', 'Latent', 'Model']) {
      await page.getByRole('tab', { name }).click();
      if (name !== 'Model') await settled(page);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    }
    expect(await axe(page)).toEqual([]);
  });

  it.runIf(IS_LONG)('shows the tab of its address, also where not all tabs have room', async () => {
    const { page } = await go(digits, { hash: '#tab=model', wait: false, viewport: { width: 240, height: 700 } });
    const last = page.getByRole('tab', { name: 'Model', exact: true });
    await last.waitFor();
    const { x = 0, width = 0 } = (await last.boundingBox()) ?? {};
    expect(x).toBeGreaterThan(0);
    expect(x + width).toBeLessThanOrEqual(240);
    const first = await page.getByRole('tab', { name: 'Samples', exact: true }).boundingBox();
    expect(first?.x).toBeLessThan(0);
  });

  it('shows numbers as plots and in a table, by sliders and buttons', async () => {
    const { page, said } = await go(table);
    expect(await page.locator('.column-plot').count()).toBe(3);
    const label = (): Promise<string | null> => page.locator('.column-plot svg').first().getAttribute('aria-label');
    const before = await label();
    await page.getByRole('slider', { name: 'day' }).fill('300');
    await expect.poll(label).not.toBe(before);
    await page.getByRole('spinbutton', { name: 'day, as a number' }).fill('12.5');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('.command code').textContent()).toContain('--set day=12.5');
    await page.getByRole('radio', { name: 'peak' }).check();
    await settled(page);
    expect(await page.locator('table.samples tbody tr').count()).toBe(16);
    expect(await axe(page)).toEqual([]);
    expect(faults(said)).toEqual([]);
  });

  it('is found by the keyboard: tabs by arrows, samples by arrows', async () => {
    const { page } = await go(digits);
    await page.getByRole('tab', { name: 'Samples' }).focus();
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => page.getByRole('tab', { name: 'Latent' }).getAttribute('aria-selected')).toBe('true');
    await page.keyboard.press('ArrowLeft');
    await settled(page);
    await page.locator('.grid button').first().focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    expect(await page.locator('.chosen').textContent()).toContain('Sample 5');
  });

  it('proves the model, and offers its files', async () => {
    const { page } = await go(digits, { hash: '#tab=model', wait: false });
    await page.getByRole('button', { name: 'Run the self-test' }).click();
    await expect
      .poll(() => page.locator('.about [role=status]').textContent())
      .toMatch(/Passed: max difference [\d.]+e-\d/);
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'decoder.onnx' }).click(),
    ]);
    expect(await bytesOf(file)).toEqual(await readFile(join(digits, 'decoder.onnx')));
  });

  it('says why there is no WebGPU, and runs on WASM', async () => {
    const { page } = await go(digits, { hash: '#tab=model', wait: false });
    await expect.poll(() => page.locator('#backend-why').textContent()).toMatch(/^No WebGPU: /);
    expect(await page.getByRole('radio', { name: 'WebGPU' }).isDisabled()).toBe(true);
  });

  it.runIf(IS_LONG)('may use threads where COOP and COEP are sent', async () => {
    const { page, said } = await go(digits, { isolate: true });
    const before = await pixelsOf(page, '.grid');
    await page.getByRole('tab', { name: 'Model' }).click();
    await page.getByRole('combobox', { name: 'Threads' }).selectOption('2');
    await expect.poll(() => page.locator('.about').textContent(), { timeout: 20_000 }).toContain('WASM, 2 threads');
    await page.getByRole('tab', { name: 'Samples' }).click();
    await settled(page);
    expect(await pixelsOf(page, '.grid')).toEqual(before);
    expect(faults(said)).toEqual([]);
  });

  // `site/browser.test.ts` always has it.
  it.runIf(IS_LONG)('works without the network once it was opened', async () => {
    const { page } = await go(digits, { serviceWorkers: 'allow' });
    // The worker has all that the page needs.
    await page.evaluate('navigator.serviceWorker.ready');
    await expect
      .poll(() => page.evaluate('caches.keys().then((keys) => keys.length)'), { timeout: 20_000 })
      .toBeGreaterThan(0);
    const shown = await pixelsOf(page, '.grid');
    await page.context().setOffline(true);
    await page.reload();
    await settled(page);
    expect(await pixelsOf(page, '.grid')).toEqual(shown);
    const { after } = await change(page, '.grid', () => page.getByRole('radio', { name: '8', exact: true }).check());
    expect(after).not.toEqual(shown);
  });
});

describe('a page that cannot show its model', () => {
  /** A copy of the model's folder, changed. */
  const broken = async (name: string, spoil: (folder: string) => Promise<void>): Promise<string> => {
    const folder = join(root, name);
    await cp(digits, folder, { recursive: true });
    await spoil(folder);
    return folder;
  };
  const card = async (folder: string, options: VisitOptions = {}): Promise<string> => {
    const { page } = await go(folder, { ...options, wait: false });
    const alert = page.getByRole('alert');
    await alert.waitFor();
    expect(await alert.getByText('What to do:').count()).toBe(1);
    return (await alert.textContent()) ?? '';
  };
  const without = (file: string): VisitOptions => ({
    change: (site) => new Map([...site].filter(([name]) => name !== file)),
  });

  it('says that there is none', async () => {
    expect(await card(digits, without('model/model.json'))).toMatch(
      /The model could not be read.*got 404.*What to do: \w+ .*\./s,
    );
  });

  it.runIf(IS_LONG)('says that it is damaged', async () => {
    const folder = await broken('damaged', async (at) => {
      const bytes = await readFile(join(at, 'decoder.onnx'));
      await writeFile(join(at, 'decoder.onnx'), bytes.fill(7, 2000, 2100));
    });
    expect(await card(folder)).toMatch(/could not be opened.*another SHA-256.*Export the model again/s);
  });

  it.runIf(IS_LONG)('says that it is of a later version', async () => {
    const folder = await broken('later', async (at) => {
      const text = await readFile(join(at, 'model.json'), 'utf8');
      await writeFile(join(at, 'later.json'), text.replace(/"format":\s*1/, '"format": 99'));
    });
    const later = join(folder, 'later.json');
    const change: VisitOptions['change'] = (site) => new Map([...site, ['model/model.json', { path: later }]]);
    expect(await card(digits, { change })).toMatch(/format 1|version/);
  });

  it('says that the WebAssembly is missing, and works when it is there again', async () => {
    let missing = true;
    const { page } = await go(digits, {
      wait: false,
      change: (site) => (missing ? new Map([...site].filter(([name]) => !name.endsWith('model.wasm'))) : site),
    });
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').textContent()).toMatch(/model\.wasm: expected model\.wasm, got 404/);
    missing = false;
    await page.getByRole('button', { name: 'Try again' }).click();
    await settled(page);
    expect(await page.getByRole('alert').count()).toBe(0);
  });

  it.runIf(IS_LONG)('says that the browser has no WebAssembly', async () => {
    expect(await card(digits, { before: 'delete globalThis.WebAssembly' })).toMatch(
      /model\.wasm: expected a host with WebAssembly SIMD/,
    );
  });

  it('says what it is where scripts do not run', async () => {
    const { page } = await go(digits, { javaScriptEnabled: false, wait: false });
    expect(await page.locator('main').textContent()).toContain('cvae-compile playground');
  });
});
