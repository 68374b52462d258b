import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decode } from 'fast-png';
import { afterAll, describe, expect, test } from 'vitest';
import { batch } from 'cvae-compile/data';
import { data, HIDDEN, hiddenAt, SIDE, x } from '../examples/segmentation/data.ts';
import { main, type Run } from '../examples/segmentation/main.ts';
import { tableOf } from '../examples/segmentation/table.ts';
import { IS_LONG } from './support/chosen.ts';

const example = fileURLToPath(new URL('../examples/segmentation', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'segmentation-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('examples/segmentation', () => {
  test('loses a square of each photograph, another one in each epoch', async () => {
    const { train } = await data();
    const seen = (epoch: number) => batch(train, [5], { x }, { seed: 3, epoch })['x'] ?? new Float32Array();
    const [first, second] = [seen(1), seen(2)];
    expect(first).not.toEqual(second);
    expect(seen(1)).toEqual(first);
    expect(Math.min(...first)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...first)).toBeLessThanOrEqual(1);
    const places = Array.from({ length: 200 }, (_, index) => hiddenAt({ seed: 3, epoch: 1, index }));
    for (const place of places.flat()) expect(place >= 3 && place + HIDDEN <= SIDE - 2).toBe(true);
    expect(new Set(places.map(String)).size).toBeGreaterThan(50);
  });

  test.runIf(IS_LONG)('trains, measures and draws', async () => {
    const places = { folder, weights: join(folder, 'runs'), limit: 64, samples: 3 };
    const told: string[] = [];
    const say = (line: string) => told.push(line);
    expect(await main(['--epochs', '1', '--seeds', '1'], { ...places, say })).toBe(0);
    expect(told.at(-1)).toMatch(/^joint, seed 1: model 1 .* s$/);
    expect(readdirSync(join(folder, 'results')).toSorted()).toEqual(['joint-1.json', 'pretrained-1.json']);
    const runs = ['pretrained-1.json', 'joint-1.json'].map((file): Run =>
      JSON.parse(readFileSync(join(folder, 'results', file), 'utf8')),
    );
    expect(runs[1]).toMatchObject({ form: 'joint', seed: 1, epochs: 1, cvae: { samples: 3, unit: 'nats' } });
    for (const { guess } of runs) expect(guess.monteCarlo).toEqual(expect.any(Number));
    const { width, height, channels } = decode(readFileSync(join(folder, 'segmented.png')));
    expect([width > 10 * SIDE, height > 8 * SIDE, channels]).toEqual([true, true, 3]);
    expect(readFileSync(join(folder, 'README.md'), 'utf8')).toContain(tableOf(runs));
  });

  test('has a README whose numbers are those that were measured, and where the CVAE beats its own guess', () => {
    const results = join(example, 'results');
    const runs = readdirSync(results)
      .toSorted((a, b) => Number(/\d+/.exec(a)) - Number(/\d+/.exec(b)) || b.localeCompare(a))
      .map((file): Run => JSON.parse(readFileSync(join(results, file), 'utf8')));
    expect(readFileSync(join(example, 'README.md'), 'utf8')).toContain(tableOf(runs));
    expect(decode(readFileSync(join(example, 'segmented.png'))).channels).toBe(3);
    for (const { cvae, guess } of runs) {
      expect(cvae.importanceSampling).toBeLessThan(guess.monteCarlo ?? NaN);
      expect(cvae.monteCarlo).toBeLessThan(guess.monteCarlo ?? NaN);
    }
  });
});
