import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import {
  categorical,
  concat,
  cvae,
  dense,
  gaussian,
  head,
  mixture,
  normal,
  ordinal,
  studentT,
  type Target,
  zeroInflated,
  logNormal,
} from 'cvae-compile';
import { exportModel } from 'cvae-compile/compiler';
import { open } from 'cvae-compile/runtime';
import { engineOf, train } from 'cvae-compile/train';
import { IS_LONG } from '../support/chosen.ts';

const folder = mkdtempSync(join(tmpdir(), 'likelihoods-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A model of one number, or a few, given one of two conditions; z says nothing. */
const modelOf = <const T extends Target>(target: T) =>
  cvae({
    condition: { side: categorical(2) },
    target: target as Target,
    latent: 1,
    recognition: ({ side }) => side.pipe(gaussian(1)),
    decoder: ({ z, side }) => concat(z, side).pipe(dense(4), head(target)),
  });

const draws = async (name: string, target: Target, y: (i: number) => unknown, side: number, epochs = 40) => {
  const model = modelOf(target);
  const examples = Array.from({ length: 80 }, (_, i) => ({ side: i % 2, y: y(i) }));
  // Numbers or classes, whatever the target takes, which its type no longer says.
  const { weights } = await train(model, examples as never, {
    epochs,
    batch: 16,
    learningRate: 0.03,
    seed: 1,
    engine: await engineOf('onnx'),
  });
  const out = join(folder, name);
  await exportModel(model, weights, { out, training: true, evaluationSamples: 3 });
  const exported = await open(out);
  const { data } = await exported.sample({ side }, { count: 400, seed: 1, draw: true });
  await exported.close();
  return { data: Array.from(data), manifest: JSON.parse(readFileSync(join(out, 'model.json'), 'utf8')) };
};

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b) / values.length;

test('a mixture of standardised numbers is drawn in the data’s units, with both modes', async () => {
  // 1,000 or 3,000, whatever the side.
  const y = (i: number) => [(i >> 1) % 2 ? 3000 + (i % 7) : 1000 + (i % 5)];
  const target = mixture(normal(1, { sigma: 'learned' }), 3);
  const { data, manifest } = await draws('mixture', target, y, 0);
  expect(data.filter((v) => Math.abs(v - 1000) < 400).length).toBeGreaterThan(120);
  expect(data.filter((v) => Math.abs(v - 3000) < 400).length).toBeGreaterThan(120);
  expect(manifest.target).toMatchObject({
    per: 'element',
    of: { distribution: 'normal' },
    outputs: { weights: [1, 3], means: [1, 3], logVar: [1, 3] },
  });
});

test.runIf(IS_LONG)('a fixed scale is in the data’s units in model.json, and draws have it', async () => {
  const { data, manifest } = await draws(
    'studentT',
    studentT(1, { scale: 0.01, freedom: 50 }),
    (i) => [(i % 2) * 200],
    1,
  );
  expect(manifest.target.scale).toBeCloseTo(1, 1);
  expect(manifest.files.decoder.outputs).toEqual({ y: [1] });
  expect(Math.abs(mean(data) - 200)).toBeLessThan(20);
  const center = mean(data);
  expect(Math.sqrt(mean(data.map((v) => (v - center) ** 2)))).toBeLessThan(3);
});

test('zeros are drawn as often as they are in the data', async () => {
  const y = (i: number) => [i % 2 === 0 && i % 8 !== 0 ? 0 : 1 + (i % 5)];
  const { data } = await draws('zeros', zeroInflated(logNormal(1)), y, 0);
  expect(Math.abs(data.filter((v) => v === 0).length / 400 - 0.75)).toBeLessThan(0.12);
  expect(data.every((v) => v >= 0)).toBe(true);
});

test.runIf(IS_LONG)('classes in an order are drawn as their numbers', async () => {
  const { data } = await draws('grades', ordinal('low', 'middle', 'high'), (i) => (i % 2 ? 'high' : 'low'), 1);
  expect(data.filter((v) => v === 2).length).toBeGreaterThan(300);
});
