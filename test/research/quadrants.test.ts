import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decode } from 'fast-png';
import { batch, digits, take, toDataset, type Dataset } from 'cvae-compile/data';
import type { Tensor } from 'cvae-compile';
import { engineOf } from 'cvae-compile/train';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dataOf, runCell, type CellOptions } from '../../research/quadrants/cell.ts';
import { estimators } from '../../research/quadrants/estimators.ts';
import { main, readMeasured } from '../../research/quadrants/main.ts';
import { seenMaps, wholeMaps } from '../../research/quadrants/convolutions.ts';
import { modelOf } from '../../research/quadrants/models.ts';
import { isSeen, pixelsOf } from '../../research/quadrants/pixels.ts';
import { bodyOf } from '../../src/dsl/network.ts';
import { resolve } from '../../src/graph/resolve.ts';
import { resultsOf } from '../../research/quadrants/results.ts';
import { summaryOf, withSummary } from '../../research/quadrants/summary.ts';
import {
  betterOf,
  convolutionalOf,
  fileOf,
  isPlain,
  MODELS,
  nameOf,
  settingsOf,
  TABLE,
} from '../../research/quadrants/settings.ts';
import { chosen, IS_LONG } from '../support/chosen.ts';

// The experiment in small: a few digits, few units, few epochs.
const TINY = { hidden: 12, latent: 3, batch: 20, epochs: 3, samples: 4, chooseBy: 2, k: 3 } as const;
/** What helps training, all at once. */
const EVERYTHING = { form: 'missing', averaging: 4, omitX: 0.1, omitY: 0.2, beta: 1.5 } as const;
const folder = mkdtempSync(join(tmpdir(), 'cvae-quadrants-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const places = { cells: join(folder, 'cells'), runs: join(folder, 'runs') };
let images: Dataset;
beforeAll(async () => {
  const all = await digits();
  images = { ...all, train: take(all.train, 120), ...(all.test && { test: take(all.test, 60) }) };
});
const run = (given: Parameters<typeof settingsOf>[0], more: Partial<CellOptions> = {}) =>
  runCell(settingsOf({ ...TINY, ...given }), { ...places, images, ...more });

describe('a cell', () => {
  test.each(chosen('models of cells', MODELS, 1))(
    '%s is trained, chosen and tested, and leaves a small file',
    async (model) => {
      const cell = await run({ model });
      expect(cell?.examples).toEqual({ train: 100, validation: 20, test: 60 });
      expect(cell?.validation).toHaveLength(1);
      const { importanceSampling, monteCarlo, negativeElbo } = cell?.test ?? {};
      expect(monteCarlo).toBeGreaterThan(cell?.floor ?? NaN);
      expect(importanceSampling === null).toBe(model === 'nn');
      expect(negativeElbo).toBeGreaterThan(importanceSampling ?? 0);
      const file = readFileSync(join(places.cells, `${fileOf(settingsOf({ ...TINY, model }))}.json`), 'utf8');
      expect(JSON.parse(file)).toEqual(JSON.parse(JSON.stringify(cell)));
      expect(file.length).toBeLessThan(10_000);
    },
  );

  test.runIf(IS_LONG)('may be of the missing pixels alone: the same task in fewer weights', async () => {
    const [whole, missing] = [await run({ model: 'cvae' }), await run({ model: 'cvae', ...EVERYTHING })];
    expect(missing?.floor).toBeCloseTo(whole?.floor ?? NaN, 9);
    // Untrained networks say half of each missing pixel: the likelihoods can be compared.
    expect(missing?.validation[0]?.loss).toBeLessThan(14 * 14 * 3 * Math.LN2);
    const count = (text = '') => Number(text.replace(/\D/g, ''));
    expect(count(missing?.parameters)).toBeLessThan(count(whole?.parameters));
  });

  test.each(chosen('quadrants of cells', [1, 2, 3] as const, 1))(
    'of %d quadrants may be convolutional: seen and missing pixels in their places',
    async (quadrants) => {
      const { seen, missing } = pixelsOf(quadrants);
      const body = bodyOf('maps', { x: [seen.length], y: [missing.length] }, (given) => {
        // As declared above.
        const [x, y] = [given['x'] as Tensor<[number]>, given['y'] as Tensor<[number]>];
        return { whole: wholeMaps({ quadrants }, x, y), seen: seenMaps({ quadrants })(x) };
      });
      const engine = await engineOf('onnx');
      const values = { x: Float32Array.from(seen, (i) => i + 1), y: Float32Array.from(missing, (i) => -(i + 1)) };
      const { whole, seen: known } = await engine.compute(resolve(body, { mode: 'infer' }), new Map(), values, 1);
      const digit = Array.from({ length: 28 * 28 }, (_, i) => (isSeen(i, quadrants) ? i + 1 : -(i + 1)));
      expect([...(whole ?? [])]).toEqual(digit);
      const places = digit.filter((_, i) => quadrants === 3 || isSeen(i, quadrants)).map((v) => Math.max(v, 0));
      expect([...(known ?? [])]).toEqual(places);

      const tiny = { ...TINY, wide: 2, narrow: 3, quadrants } as const;
      const cell = await run(convolutionalOf(quadrants, { ...tiny, patience: 3 }));
      expect(cell?.settings.network).toBe('conv');
      expect(cell?.test.importanceSampling).toBeLessThan(missing.length);
      const wide = modelOf(convolutionalOf(quadrants, { ...tiny, blocks: 2 }));
      expect(wide.target.shape).toEqual([1, missing.length, 1]);
    },
  );

  test('has the same pixels in both forms, shifted and thrown anew as they are', async () => {
    const rows = [0, 1, 2];
    const pixelsIn = async (form: 'whole' | 'missing') => {
      const settings = settingsOf({ ...TINY, quadrants: 2, form, targets: 'binary', shift: 0.5 });
      const { condition, target } = modelOf(settings);
      const { train } = await toDataset(dataOf(images, settings), { ...condition, y: target });
      const { y = [], mask } = batch(train, rows, { ...condition, y: target }, { seed: 3, epoch: 2 });
      return [...y].filter((_, i) => mask === undefined || mask[i] === 1);
    };
    const whole = await pixelsIn('whole');
    expect(whole).toEqual(await pixelsIn('missing'));
    expect(new Set(whole)).toEqual(new Set([0, 1]));
  });

  test('is not run again where its file is there', async () => {
    await run({ model: 'cvae' });
    const told: string[] = [];
    const again = await run({ model: 'cvae' }, { say: (line) => told.push(line) });
    expect(again?.name).toContain('1q-cvae-grey-seed1');
    expect(told).toEqual([]);
  });

  test.runIf(IS_LONG)('resumes where it was interrupted, to the same numbers', async () => {
    const given = { model: 'cvae', seed: 5, epochs: 6 } as const;
    const whole = await run(given, { cells: join(folder, 'other'), runs: join(folder, 'other-runs') });
    const stop = new AbortController();
    const say = (line: string) => line.includes('epoch 4 ') && stop.abort();
    expect(await run(given, { signal: stop.signal, say })).toBeUndefined();
    const told: string[] = [];
    const resumed = await run(given, { say: (line) => told.push(line) });
    expect(told[0]).toMatch(/from epoch [45]$/);
    expect(resumed?.test).toEqual(whole?.test);
    expect(resumed?.validation).toEqual(whole?.validation);
  });

  test.runIf(IS_LONG)('may have coins as targets, and two or three quadrants', async () => {
    const binary = await run({ model: 'cvae', targets: 'binary' });
    expect(binary?.floor).toBe(0);
    const three = await run({ model: 'nn', quadrants: 3 });
    const one = await run({ model: 'nn' });
    expect(three?.test.monteCarlo).toBeLessThan(one?.test.monteCarlo ?? NaN);
    expect(three?.floor).toBeLessThan(one?.floor ?? NaN);
  });
});

test.runIf(IS_LONG)(
  'a cell’s likelihood is estimated with ever more samples: the bound falls, importance sampling lies below Monte Carlo',
  async () => {
    const settings = settingsOf({ ...TINY, model: 'cvae' });
    await run({ model: 'cvae' });
    const { rows, images: count, negativeElbo } = await estimators(settings, { ...places, images });
    expect(count).toBe(20);
    expect(rows.map(({ samples }) => samples)).toEqual([1, 10, 100, 1000]);
    const [one, ...more] = rows.map(({ importanceSampling }) => importanceSampling ?? NaN);
    expect(more.at(-1)).toBeLessThan(one ?? NaN);
    expect(more.at(-1)).toBeLessThan(negativeElbo);
  },
);

describe('the name of a cell’s files', () => {
  test('is short, and of another cell for every other setting', () => {
    const plain = settingsOf({ model: 'nn', targets: 'binary', quadrants: 2, seed: 7 });
    expect(fileOf(plain)).toBe('2q-nn-binary-seed7');
    const others = Object.entries(plain).map(([key, value]) =>
      settingsOf({ ...plain, [key]: typeof value === 'number' ? value + 2 : `${value}-` }),
    );
    const names = [...TABLE, plain, ...others].map(fileOf);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name.length).toBeLessThan(40);
  });

  test('stays what it is, in whatever order settings come, and whatever is added to the plain protocol', () => {
    const better = betterOf(1);
    expect(fileOf(better)).toBe('1q-cvae-grey-seed1-dc8e695c');
    const { shift, form, ...others } = better;
    expect(fileOf({ shift, form, ...others })).toBe(fileOf(better));
    // As the first cells were written.
    const { by: _, shift: __, ...older } = settingsOf({ form: 'missing' });
    expect(fileOf(settingsOf(older))).toBe('1q-cvae-grey-seed1-7280811b');
  });

  test('is checked against what is in the file', async () => {
    const cells = mkdtempSync(join(folder, 'wrong-'));
    const settings = settingsOf({ ...TINY, model: 'nn' });
    writeFileSync(join(cells, `${fileOf(settings)}.json`), JSON.stringify({ name: '1q-nn-grey-seed1' }));
    await expect(run({ model: 'nn' }, { cells })).rejects.toThrow(
      `expected ${nameOf(settings)}, got 1q-nn-grey-seed1; move the file away`,
    );
  });
});

describe('the table', () => {
  test('is the one that is asked for', () => {
    const cells = TABLE.map(nameOf);
    expect(new Set(cells).size).toBe(cells.length);
    expect(cells).toEqual(
      expect.arrayContaining([
        '1q-iwae-grey-seed1-form-missing-epochs-18',
        '1q-cvae-binary-seed1-form-missing',
        '1q-gsnn-grey-seed1-form-missing',
      ]),
    );
    expect(cells.filter((name) => /^1q-cvae-grey-seed\d-form-missing$/.test(name))).toHaveLength(3);
    for (const quadrants of [1, 2, 3] as const) {
      expect(TABLE.filter((cell) => cell.quadrants === quadrants && isPlain(cell)).map(({ model }) => model)).toContain(
        'cvae',
      );
      expect(cells).toContain(nameOf(betterOf(quadrants)));
    }
    // Two hidden layers of 1,000 units, 200 latents.
    expect(modelOf(settingsOf({ model: 'nn' })).networks.network?.outputs).toBeDefined();
  });

  test('is written of the cells’ files: every number in it is in one', async () => {
    for (const model of ['nn', 'cvae'] as const) await run({ model });
    expect(await main(['--results'], { ...places, images })).toBe(0);
    const text = readFileSync(join(folder, 'RESULTS.md'), 'utf8');
    const cells = readdirSync(places.cells)
      .sort()
      .map((name) => JSON.parse(readFileSync(join(places.cells, name), 'utf8')));
    expect(text).toBe(resultsOf(await readMeasured(places.cells)));
    expect(text).toContain('## What the estimators depend on');
    expect(text).toContain('not run yet');
    for (const { settings, test: result } of cells) {
      expect(text).toContain(`\`${fileOf(settingsOf(settings))}\``);
      expect(text).toContain(result.monteCarlo.toFixed(2));
    }
  });

  test('is in RESULTS.md and README.md as the kept cells have it', async () => {
    const here = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
    const cells = here('research/quadrants/cells');
    const measured = await readMeasured(cells, here('examples/quadrants/completions.png'));
    expect(measured.cells.length).toBeGreaterThan(0);
    for (const { name, settings } of measured.cells) expect(nameOf(settingsOf(settings))).toBe(name);
    const files = measured.cells.map(({ settings }) => `${fileOf(settingsOf(settings))}.json`);
    expect(files.sort()).toEqual(readdirSync(cells).sort());
    expect(readFileSync(here('research/quadrants/RESULTS.md'), 'utf8')).toBe(resultsOf(measured));
    const readme = readFileSync(here('README.md'), 'utf8');
    expect(readme).toContain(summaryOf(measured.cells).join('\n'));
    expect(withSummary(readme, measured.cells)).toBe(readme);
  });

  test('refuses words that mean nothing', async () => {
    await expect(main(['--model', 'vae'], places)).rejects.toThrow('expected nn, gsnn, cvae, hybrid, iwae, got vae');
    await expect(main(['--model', 'cvae', '--epochs', 'x'], places)).rejects.toThrow('--epochs: expected a number');
    expect(await main([], places)).toBe(2);
  });
});

test.runIf(IS_LONG)('the figure shows what is seen, the guess, completions and the truth', async () => {
  const { figure } = await import('../../research/quadrants/figure.ts');
  const file = join(folder, 'figure.png');
  // One of each form: whole digits, and vectors of pixels.
  const cvae = settingsOf({ ...TINY, ...EVERYTHING, model: 'cvae' });
  const nn = settingsOf({ ...TINY, model: 'nn' });
  await figure(file, { ...places, cvae, nn, images, rows: [0, 1, 2], completions: 4 });
  const { width, height } = decode(readFileSync(file));
  expect(JSON.parse(readFileSync(join(folder, 'figure.json'), 'utf8'))).toEqual({
    cvae: { name: nameOf(cvae) },
    nn: { name: nameOf(nn) },
  });
  // Digits of 84 pixels, and words above.
  expect([width, height]).toEqual([6 + 7 * 90 + 3 * 12, 36 + 3 * 90]);
});
