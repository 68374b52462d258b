import { expect, test } from 'vitest';
import { figure } from '../../src/report/figure.ts';
import { shared } from '../browser/support/shared.ts';

const values = (shift: number): readonly number[] => Array.from({ length: 30 }, (_, i) => ((i * 7) % 30) + shift);
const LONG = 'a column whose name nobody has shortened, with its unit';
const NAMES = ['flipper & wing', 'a < b', 'in "inches"', LONG, '<script>', 'bell \u0007', 'Größe, 高さ'];

test('plots are one picture that a browser shows, whatever columns are called', async () => {
  const text = figure({
    kind: 'numbers',
    epoch: 3,
    kept: true,
    of: NAMES.length,
    elements: NAMES.map((name, i) =>
      i < 4
        ? { name, truth: values(0), drawn: values(i) }
        : { name, truth: values(0).map((v) => v % 2), drawn: values(0).map(() => 1), classes: ['<no>', '"yes" & so'] },
    ),
  });
  expect(text).toContain('one draw for each, under the same conditions');
  const browser = await shared();
  const page = await browser.newPage();
  try {
    // As an image, SVG has to be XML; in the page: its types are the browser's.
    const width = await page.evaluate(
      `new Promise((done) => {
        const image = new Image();
        image.onload = () => done(image.naturalWidth);
        image.onerror = () => done('not loaded');
        image.src = ${JSON.stringify(`data:image/svg+xml,${encodeURIComponent(text)}`)};
      })`,
    );
    expect(width).toBe(1160);
    const titles = await page.evaluate(
      `[...new DOMParser().parseFromString(${JSON.stringify(text)}, 'image/svg+xml').querySelectorAll('.title')].map((one) => one.textContent)`,
    );
    expect(titles).toEqual([
      'flipper & wing and a < b',
      ...NAMES.slice(0, 3).map((name) => `Quantiles of ${name}`),
      // As much of it as there is room for above its plot.
      'Quantiles of a column whose name nobody has s…',
      'Classes of <script>',
    ]);
  } finally {
    await page.close();
    await browser.close();
  }
});
