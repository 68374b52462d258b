import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encode } from 'fast-png';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { open } from '../../src/runtime/node.ts';
import type { Manifest, Specimens } from '../../src/signature.ts';
import { shared } from '../browser/support/shared.ts';
import { exportForPage } from './support/export.ts';
import { faults, greysOf, settled, visit, type Visit } from './support/visit.ts';

let root = '';
let browser: Browser;
const visits: Visit[] = [];
const FILES = { recognition: true, evaluationSamples: 10 } as const;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'cvae-ask-'));
  browser = await shared();
});
afterAll(async () => {
  for (const each of visits) await each.close();
  await browser.close();
  await rm(root, { recursive: true });
});

const go = async (folder: string, hash: string): Promise<Visit> => {
  const made = await visit(browser, folder, { hash, wait: false });
  visits.push(made);
  return made;
};
const farthest = (a: readonly number[], b: ArrayLike<number>): number =>
  a.length === b.length ? Math.max(...a.map((value, i) => Math.abs(value - (b[i] ?? NaN)))) : Infinity;
const likelihoodIn = (page: Page): Promise<string | null> => page.locator('.figure').textContent();

describe('the page asks a model of pictures', () => {
  let page: Page;
  let folder = '';
  let here: Visit;
  beforeAll(async () => {
    folder = await exportForPage(root, 'digits', FILES);
    here = await go(folder, '#tab=ask');
    page = here.page;
    await page.locator('.figure').waitFor({ timeout: 60_000 });
    await settled(page);
  });

  it('about an example: what Node answers', async () => {
    const { examples }: Specimens = JSON.parse(await readFile(join(folder, 'examples.json'), 'utf8'));
    const [first] = examples;
    const one = { digit: Number(first?.conditions['digit']), y: Float32Array.from(first?.target as number[]) };
    const model = await open(folder);
    const { values, standardErrors } = await model.logLikelihood(one);
    const again = await model.reconstruct(one);
    const styles = await model.reconstruct(one, { as: { digit: Array.from({ length: 10 }, (_, i) => i) } });
    const all = await model.encode({
      digit: examples.map(({ conditions }) => Number(conditions['digit'])),
      y: Float32Array.from(examples.flatMap(({ target }) => target as number[])),
    });
    const near = await model.neighbours(one, all, { count: 5 });
    await model.close();
    const shown = /−([\d.]+) nats ± ([\d.]+)/.exec((await likelihoodIn(page)) ?? '') ?? [];
    expect(-Number(shown[1])).toBeCloseTo(values[0] ?? NaN, 1);
    expect(Number(shown[2])).toBeCloseTo(standardErrors[0] ?? NaN, 1);
    const [given = [], drawn = []] = await greysOf(page, '.triple');
    expect(
      farthest(
        given,
        one.y.map((value) => value * 255),
      ),
    ).toBeLessThanOrEqual(1);
    expect(farthest(drawn, again.image(0).data)).toBeLessThanOrEqual(1);
    const others = await greysOf(page, '.as-all');
    expect(others).toHaveLength(10);
    others.forEach((greys, i) => expect(farthest(greys, styles.image(i).data)).toBeLessThanOrEqual(1));
    // The first of them is itself.
    const names = await page.locator('.nearest .spoken').allTextContents();
    expect(names).toEqual([...near.indices].slice(1).map((index) => `Example ${index + 1}`));
  });

  it('about your own picture, which then is on the map', async () => {
    const before = await likelihoodIn(page);
    const data = Uint8Array.from({ length: 56 * 56 }, (_, i) => (i % 56 > 20 && i % 56 < 30 ? 255 : 0));
    const buffer = Buffer.from(encode({ width: 56, height: 56, channels: 1, depth: 8, data }));
    await page.getByLabel(/^Open an image/).setInputFiles({ name: 'y.png', mimeType: 'image/png', buffer });
    await expect.poll(() => likelihoodIn(page)).not.toBe(before);
    await settled(page);
    // Scaled to the model's size.
    const [given = []] = await greysOf(page, '.triple');
    expect(given).toHaveLength(784);
    expect([given[12], given[0]]).toEqual([255, 0]);
    await page.getByRole('button', { name: 'Show on the map' }).click();
    await settled(page);
    const model = await open(folder);
    const { mean } = await model.encode({ digit: 0, y: Float32Array.from(given, (grey) => grey / 255) });
    await model.close();
    await expect.poll(() => page.url()).toContain('point=');
    const point = (new URLSearchParams(new URL(page.url()).hash.slice(1)).get('point') ?? '').split(',').map(Number);
    expect(farthest(point, mean.data)).toBeLessThan(0.01 * (1 + Math.max(...mean.data.map(Math.abs))));
    expect(await page.locator('.marks .own').count()).toBe(1);
    expect(await page.locator('.marks .data').count()).toBe(12);
  });

  it('about a picture that is transparent, on white where the data are white', async () => {
    const white = join(root, 'white');
    await cp(folder, white, { recursive: true });
    const path = join(white, 'examples.json');
    const found: Specimens = JSON.parse(await readFile(path, 'utf8'));
    const examples = found.examples.map((one) => ({
      ...one,
      target: (one.target as number[]).map((value) => 1 - value),
    }));
    const text = JSON.stringify({ ...found, examples });
    await writeFile(path, text);
    const manifest: Manifest = JSON.parse(await readFile(join(white, 'model.json'), 'utf8'));
    const own = {
      ...manifest.examples,
      bytes: Buffer.byteLength(text),
      sha256: createHash('sha256').update(text).digest('hex'),
    };
    await writeFile(join(white, 'model.json'), JSON.stringify({ ...manifest, examples: own }));
    const other = await go(white, '#tab=ask');
    await other.page.locator('.figure').waitFor({ timeout: 60_000 });
    const data = Uint8Array.from({ length: 4 * 28 * 28 }, (_, i) =>
      i % 4 === 3 && (i >> 2) % 28 > 10 && (i >> 2) % 28 < 15 ? 255 : 0,
    );
    const buffer = Buffer.from(encode({ width: 28, height: 28, channels: 4, depth: 8, data }));
    await other.page.getByLabel(/^Open an image/).setInputFiles({ name: 'y.png', mimeType: 'image/png', buffer });
    await expect.poll(async () => (await greysOf(other.page, '.triple'))[0]?.[12]).toBe(0);
    expect((await greysOf(other.page, '.triple'))[0]?.[0]).toBe(255);
  });

  it('what each dimension does, and the point under other conditions', async () => {
    await page.getByRole('button', { name: 'Go to the mean' }).click();
    await settled(page);
    const strips = await greysOf(page, '.dimension-strips');
    expect(strips).toHaveLength(18);
    const names = await page.locator('.dimension-strip b').allTextContents();
    const model = await open(folder);
    const axis = Number(names[0]?.slice(1)) - 1;
    const z = Float32Array.from({ length: 3 * 20 }, (_, i) =>
      i % 20 === axis ? ([-2, 0, 2][Math.floor(i / 20)] ?? 0) : 0,
    );
    const decoded = await model.decode(z, { digit: 0 });
    const others = await model.decode(new Float32Array(20), { digit: Array.from({ length: 10 }, (_, i) => i) });
    await model.close();
    for (const i of [0, 1, 2]) expect(farthest([...(strips[i] ?? [])], decoded.image(i).data)).toBeLessThanOrEqual(1);
    (await greysOf(page, '.as-all')).forEach((greys, i) =>
      expect(farthest(greys, others.image(i).data)).toBeLessThanOrEqual(1),
    );
    expect(faults(here.said)).toEqual([]);
  });

  it('with words that are explained on focus, until Escape', async () => {
    const word = page.getByRole('button', { name: 'change y most' });
    await word.focus();
    const says = page.getByRole('tooltip').filter({ hasText: 'squared difference' });
    await expect.poll(() => says.isVisible()).toBe(true);
    await page.keyboard.press('Escape');
    await expect.poll(() => says.isVisible()).toBe(false);
  });
});

describe('the page asks a model of rows', () => {
  it('about one that is pasted: by names, in order, as JSON; and says what is wrong with one', async () => {
    const folder = await exportForPage(root, 'weather', FILES);
    const { page, said } = await go(folder, '#tab=ask');
    await page.locator('.figure').waitFor({ timeout: 60_000 });
    await page.getByText('Paste a row', { exact: true }).click();
    const paste = page.locator('.paste textarea');
    const status = page.locator('.paste [role=status]');
    const given = (): Promise<readonly string[]> => page.locator('table.again tbody td:nth-child(2)').allTextContents();
    await paste.fill('sky,low,high,rain,month,date\ncloudy,11.5,19,0,Jul,2012-07-01');
    await expect.poll(() => status.textContent()).toBe('Taken: month, sky, temperature, rain. Not in the model: date.');
    await expect.poll(given).toEqual(['0', '11.5', '19', 'cloudy']);
    expect(await page.getByRole('radio', { name: 'Jul' }).isChecked()).toBe(true);
    await paste.fill('Aug\t2.5\t12\t21\train');
    await expect.poll(given).toEqual(['2.5', '12', '21', 'rain']);
    await paste.fill('{ "temperature": [1, 3], "sky": "clear", "rain": 0 }');
    await expect.poll(given).toEqual(['0', '1', '3', 'clear']);
    await paste.fill('Aug, 2.5, 12, 21, sunny');
    await expect.poll(() => status.textContent()).toBe('“sunny” is not a class of sky');
    await paste.fill('1, 2');
    await expect.poll(() => status.textContent()).toBe('2 cells; give 5, or the 4 of the target');

    const model = await open(folder);
    const again = await model.reconstruct({ month: 'Aug', rain: 0, temperature: [1, 3], sky: 'clear' });
    await model.close();
    const rows = await page.locator('table.again tbody td:nth-child(3)').allTextContents();
    const { temperature } = Object(again);
    const close = (text: string | undefined, value: number): void =>
      expect(Math.abs(Number(text?.replace('−', '-')) - value)).toBeLessThan(1e-3 * (1 + Math.abs(value)));
    close(rows[1], temperature.data[0]);
    close(rows[2], temperature.data[1]);
    expect(faults(said)).toEqual([]);
  });
});
