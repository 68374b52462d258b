import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { bernoulli, categorical, concat, cvae, dense, gaussian, normal, relu } from 'cvae-compile';
import { exportModel } from 'cvae-compile/compiler';
import { digits, take } from 'cvae-compile/data';
import { engineOf, loadWeights, train, type TrainingEngine } from 'cvae-compile/train';
import { open } from 'cvae-compile/runtime';
import { initialOf } from '../../playground/src/session/settings.ts';
import { parseManifest } from '../../src/formats/manifest.ts';
import { normals, stream } from '../../src/random.ts';
import { displayIn } from '../../src/weights/names.ts';
import { cli, SMALL, temporary } from '../cli/support/cli.ts';
import { IS_LONG } from '../support/chosen.ts';

const folder = temporary();
const model = cvae({
  condition: { digit: categorical(10) },
  target: bernoulli(784, { image: [28, 28, 1] }),
  latent: 20,
  recognition: ({ y, digit }) => concat(y, digit).pipe(dense(100), relu, gaussian(20)),
  decoder: ({ z, digit }) => concat(z, digit).pipe(dense(100), relu, dense(784)),
});

describe('how samples are best shown', () => {
  let engine: TrainingEngine;
  let trained: Awaited<ReturnType<typeof train>>;
  const out = join(folder, 'digits');
  beforeAll(async () => {
    engine = await engineOf('onnx');
    const all = await digits();
    const run = join(folder, 'run');
    const data = { ...all, train: take(all.train, IS_LONG ? 4000 : 1500) };
    const options = { epochs: 10, batch: 64, learningRate: 3e-3, seed: 1, engine, onNotice: () => undefined, run };
    trained = await train(model, data, options);
    await exportModel(model, trained.weights, { out, ...(trained.display && { display: trained.display }) });
  });

  test('is a temperature below 1, where posteriors leave gaps in the prior', () => {
    expect(trained.display?.temperature).toBeGreaterThanOrEqual(0.4);
    expect(trained.display?.temperature).toBeLessThan(1);
  });

  test('is kept with the weights of a run, and in the manifest, from which a page begins', async () => {
    const { metadata } = await loadWeights(join(folder, 'run'));
    expect(displayIn('it', metadata)).toEqual(trained.display);
    const text = readFileSync(join(out, 'model.json'), 'utf8');
    const manifest = parseManifest(text, 'it');
    expect(manifest.display).toEqual(trained.display);
    expect(initialOf(manifest).temperature).toBe(trained.display?.temperature);
    const { display: _, ...before } = JSON.parse(text);
    expect(initialOf(parseManifest(JSON.stringify(before), 'it')).temperature).toBe(1);
    // A hint that is invalid is no reason to refuse a model.
    const odd = parseManifest(JSON.stringify({ ...before, display: { temperature: 'warm' } }), 'it');
    expect(initialOf(odd).temperature).toBe(1);
    expect(() => displayIn('it', { display: '{"temperature":"warm"}' })).toThrow(
      /^it, display in its metadata: expected /,
    );
  });

  test('changes no sample unless it is asked for, which the command says', async () => {
    const exported = await open(out);
    const [one, other] = [{ seed: 1 }, { seed: 1, temperature: 1 }];
    expect((await exported.sample({ digit: 3 }, one)).data).toEqual((await exported.sample({ digit: 3 }, other)).data);
    await exported.close();
    const hint = trained.display?.temperature;
    const plain = await cli('sample', out, '--set', 'digit=3', '--seed', '1');
    expect(plain.err).toContain(`they are clearer at ${hint}, which training measured: --temperature ${hint}`);
    const given = await cli('sample', out, '--set', 'digit=3', '--seed', '1', '--temperature', '1');
    expect(given.err).not.toContain('clearer');
    expect(given.out).toBe(plain.out);
  });
});

test('numbers are drawn at 1: there is no hint', async () => {
  const noise = normals(stream(1, 'y'), 400, 2);
  const kind = Array.from({ length: 400 }, (_, i) => i % 2);
  const numbers = cvae({
    condition: { kind: categorical(2) },
    target: normal(2),
    latent: 1,
    recognition: ({ y, kind: given }) => concat(y, given).pipe(gaussian(1)),
    decoder: ({ z, kind: given }) => concat(z, given).pipe(dense(2)),
  });
  const rows = kind.map((one, i) => ({ kind: one, y: [5 * one + (noise[2 * i] ?? 0), noise[2 * i + 1] ?? 0] }));
  const { display } = await train(numbers, rows, { epochs: 40, batch: 40, engine: 'onnx', onNotice: () => undefined });
  expect(display).toBeUndefined();
});

test('the command exports what the run measured', async () => {
  const path = join(folder, 'small.ts');
  writeFileSync(path, SMALL);
  const [run, out] = [join(folder, 'small'), join(folder, 'small-onnx')];
  await cli('train', path, '--out', run, '--epochs', '2', '--seed', '3');
  await cli('export', path, '--weights', run, '--out', out);
  // It is hardly trained, so there is nothing to measure.
  expect(JSON.parse(readFileSync(join(out, 'model.json'), 'utf8'))).not.toHaveProperty('display');
});
