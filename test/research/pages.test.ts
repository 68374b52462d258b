import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { digits, take } from 'cvae-compile/data';
import { describe, expect, it } from 'vitest';
import { withTables as firstModels } from '../../research/first-models/tables.ts';
import { CASES } from '../../research/samples/cases.ts';
import { edges } from '../../research/samples/pictures.ts';
import { withTables as samples } from '../../research/samples/tables.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const textOf = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

describe.each([
  ['docs/samples.md', 'research/samples/results.json', samples],
  ['docs/first-models.md', 'research/first-models/results.json', firstModels],
] as const)('%s', (page, results, withTables) => {
  it('has the figures that were measured, and no others', () => {
    expect(withTables(textOf(page), JSON.parse(textOf(results)))).toBe(textOf(page));
  });

  it('is refused without the place of a table', () => {
    expect(() => withTables('# A page', JSON.parse(textOf(results)))).toThrow(/expected <!-- \S+ \w+ -->, got none/);
  });

  it('shows pictures that are there', () => {
    const pictures = [...textOf(page).matchAll(/!\[[^\]]+\]\(([^)]+)\)/g)].map(([, to = '']) => to);
    expect(pictures.length).toBeGreaterThan(4);
    expect(pictures.filter((to) => !existsSync(join(ROOT, dirname(page), to)))).toEqual([]);
  });
});

describe('the samples of the page', () => {
  it('were measured of every case', () => {
    const { cases }: { readonly cases: object } = JSON.parse(textOf('research/samples/results.json'));
    expect(Object.keys(cases).sort()).toEqual(Object.keys(CASES).sort());
  });

  it('are followed by notices that were given', () => {
    const { cases }: { readonly cases: Readonly<Record<string, { readonly notices: readonly string[] }>> } = JSON.parse(
      textOf('research/samples/results.json'),
    );
    const given = Object.values(cases).flatMap(({ notices }) => notices);
    const quoted = [
      ...textOf('docs/samples.md').matchAll(/^ {4}((?:posterior|draws|the ).*?)(?:; usual remedies: )?…$/gm),
    ];
    expect(quoted).toHaveLength(2);
    for (const [, text = ''] of quoted)
      expect(
        given.some((line) => line.startsWith(text)),
        text,
      ).toBe(true);
  });

  it('are as sharp as digits are where they are digits, and less where they are means', async () => {
    const { columns } = take((await digits()).train, 400);
    const bytes = columns['y']?.data ?? [];
    const mean = Float32Array.from({ length: 784 }, (_, pixel) => {
      let sum = 0;
      for (let row = 0; row < 400; row++) sum += bytes[row * 784 + pixel] ?? 0;
      return sum / 400;
    });
    expect(edges(mean) / edges(bytes)).toBeLessThan(0.5);
    expect(edges(Float32Array.from(bytes, (byte) => byte / 255)) / edges(bytes)).toBeCloseTo(1, 5);
  });
});
