import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import {
  add,
  categorical,
  concat,
  cvae,
  dense,
  gaussian,
  heads,
  logNormal,
  network,
  normal,
  relu,
  softmax,
  zeroInflated,
  type Tensor,
} from 'cvae-compile';
import { exportModel } from 'cvae-compile/compiler';
import { open } from 'cvae-compile/runtime';
import { train } from 'cvae-compile/train';

const month = categorical(12);
const target = { rain: zeroInflated(logNormal(1)), temperature: normal(2), sky: categorical('clear', 'rain') };

/** What each target is from the month alone. */
const baseline = network('baseline', { month }, ({ month }) => month.pipe(dense(8), relu, heads(target)));

const model = cvae({
  condition: { month },
  target,
  latent: 2,
  baseline,
  prior: ({ month }) => {
    const { sky, temperature } = baseline({ month });
    return concat(softmax(sky), temperature, month).pipe(gaussian(2));
  },
  recognition: ({ y, month }) => concat(y.rain, y.temperature, y.sky, month).pipe(dense(16), relu, gaussian(2)),
  decoder: ({ z, month }) => {
    const guess = baseline({ month });
    const own = concat(z, month).pipe(dense(16), relu, heads(target));
    return { ...own, temperature: add(guess.temperature, own.temperature), sky: add(guess.sky, own.sky) };
  },
});

const rows = Array.from({ length: 120 }, (_, i) => {
  const rain = i % 12 < 6 ? 0 : 1 + (i % 5);
  return { month: i % 12, rain, temperature: [i % 12, 5 + (i % 12)], sky: rain > 0 ? 'rain' : 'clear' } as const;
});

const folder = mkdtempSync(join(tmpdir(), 'several-baseline-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('a baseline of several targets is trained first, exported, and gives a record', async () => {
  const { weights, epochs } = await train(model, rows, {
    epochs: 6,
    baselineEpochs: 40,
    batch: 24,
    learningRate: 0.02,
    seed: 1,
    validation: 0,
    engine: 'onnx',
  });
  const before = epochs.filter(({ phase }) => phase === 'baseline').map(({ train }) => train['loss'] ?? NaN);
  expect(before.at(-1)).toBeLessThan((before[0] ?? NaN) - 2);
  expect(Object.keys(epochs[0]?.train ?? {})).toContain('reconstruction_sky');
  const out = join(folder, 'out');
  await exportModel(model, weights, { out });
  const opened = await open<typeof model>(out);
  const { rain, temperature, sky } = await opened.baseline({ month: [0, 11] });
  expect([rain.shape, temperature.shape, sky.shape]).toEqual([
    [2, 1],
    [2, 2],
    [2, 2],
  ]);
  expect(sky.data[0]).toBeGreaterThan(0.7);
  expect(sky.data[3]).toBeGreaterThan(0.7);
  expect(temperature.data[2]).toBeGreaterThan((temperature.data[0] ?? NaN) + 4);
  await opened.close();
});

test('it is refused where it lacks a target, gives another, or one of a wrong shape', () => {
  const define = (body: (x: { readonly month: Tensor<[12]> }) => never): unknown =>
    cvae({
      condition: { month },
      target,
      latent: 2,
      baseline: network('baseline', { month }, body),
      decoder: ({ z }) => z.pipe(heads(target)),
    });
  const all = (x: Tensor<[12]>) => x.pipe(heads(target));
  expect(() =>
    define(({ month }) => {
      const { sky: _, ...others } = all(month);
      return others as never; // as from JavaScript
    }),
  ).toThrow('baseline: expected an output for each target (rain, temperature, sky), got none for sky');
  expect(() => define(({ month }) => ({ ...all(month), wind: month }) as never)).toThrow(
    'baseline: expected an output for each target (rain, temperature, sky), got also wind',
  );
  expect(() => define(({ month }) => ({ ...all(month), temperature: month }) as never)).toThrow(
    /^baseline, temperature: expected \[2\], as the target, got \[12\]/,
  );
  expect(() => define(({ month }) => month as never)).toThrow('baseline: expected an output for each target');
});
