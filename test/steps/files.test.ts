import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { exportModel } from 'cvae-compile/compiler';
import { adapted, open, trainer } from 'cvae-compile/runtime';
import { parseManifest } from '../../src/formats/manifest.ts';
import { decode } from '../../src/onnx/decode.ts';
import { print } from '../../src/index.ts';
import { drawnWeights } from '../../src/testing/draw.ts';
import { parametersOf } from '../../src/train/parameters.ts';
import { sketches, words } from './models.ts';
import { IS_LONG } from '../support/chosen.ts';

const folder = mkdtempSync(join(tmpdir(), 'step-files-'));
afterAll(() => rmSync(folder, { recursive: true }));
const weights = drawnWeights(parametersOf(words), 4);

it('train on without the definition, and take other weights', async () => {
  const out = join(folder, 'trained');
  const { files } = await exportModel(words, weights, {
    out,
    training: true,
    recognition: true,
    evaluationSamples: 3,
  });
  expect(files).toEqual([
    'start.onnx',
    'step.onnx',
    'prior.onnx',
    'recognition.onnx',
    'evaluation.onnx',
    'train.onnx',
    'gradient.onnx',
    'update.onnx',
    'state.safetensors',
    'model.json',
  ]);
  const learner = await trainer(out);
  const batch = { topic: [0, 1], y: [0, 1, 3, 3, 3, 2, 2, 1, 3, 3] };
  const losses: number[] = [];
  for (let i = 0; i < 40; i++) losses.push((await learner.step(batch))['loss'] ?? NaN);
  expect(Math.min(...losses.slice(-5))).toBeLessThan((losses[0] ?? NaN) * 0.9);
  const learned = await learner.weights();
  await learner.close();

  // Files for them are those of an export of them, and are verified like any.
  const whole = await adapted(out, learned);
  const again = join(folder, 'again');
  await exportModel(words, learned, { out: again, recognition: true, evaluationSamples: 3 });
  for (const [name, bytes] of whole) writeFileSync(join(out, name), bytes);
  const [a, b] = await Promise.all([open(out), open(again)]);
  const how = { count: 9, seed: 1, draw: true };
  const [one, other] = await Promise.all([a.sample({ topic: 1 }, how), b.sample({ topic: 1 }, how)]);
  expect([...one.data]).toEqual([...other.data]);
  expect((await a.selfTest()).passed).toBe(true);
  await Promise.all([a.close(), b.close()]);
});

it('may hold half of each weight', async () => {
  const out = join(folder, 'half');
  const { manifest } = await exportModel(words, weights, { out, precision: 'float16' });
  expect(manifest.precision?.losses).toMatchObject({ start: expect.any(Number), step: expect.any(Number) });
  const model = await open(out);
  expect((await model.selfTest()).passed).toBe(true);
  expect((await model.sample({ topic: 0 }, { count: 2, draw: true })).shape).toEqual([2, 5]);
  await model.close();
});

it('do without what changes nothing, and compute once what is the same at all steps', async () => {
  const out = join(folder, 'plain');
  const { manifest } = await exportModel(words, weights, { out });
  const { start, step } = manifest.files;
  expect([manifest.format, manifest.steps]).toEqual([2, 5]);
  expect(start).toMatchObject({
    inputs: { z: [2] },
    outputs: { previous: [4], state: [6], context_1: [3] },
    unused: ['topic'],
  });
  expect(step).toMatchObject({
    inputs: { previous: [4], state: [6], context_1: [3], topic: [3] },
    outputs: { y: [4], next_state: [6] },
    unused: ['z'],
  });
  const { graph } = decode(readFileSync(join(out, 'step.onnx')));
  expect(graph.nodes.map(({ op }) => op)).not.toContain('Scan');
  expect([...graph.initializers.keys()].filter((name) => name.includes('dense_1'))).toEqual([]);
  // What its definition says, and its fingerprint, has the step.
  expect(print(words)).toContain(
    'each step of decoder/steps_1 (previous: [4], state: [6], topic: [3], context_1: [3])',
  );
});

it('are refused where they do not fit each other, or by what cannot read them', async () => {
  const out = join(folder, 'refused');
  await exportModel(words, weights, { out });
  const path = join(out, 'model.json');
  const text = readFileSync(path, 'utf8');
  const changed = (from: string | RegExp, to: string) => () => parseManifest(text.replace(from, to), 'model.json');
  expect(changed('"format": 2', '"format": 1')).toThrow('model.json: expected format 2 for a model of steps, got 1');
  expect(changed('"steps": 5', '"steps": 4')).toThrow('model.json: expected targets of 4 steps, got [5,4]');
  expect(changed(/"context_1": \[\s*3\s*\]/, '"context_1": [4]')).toThrow(
    'model.json: expected files.step.inputs.context_1 to be [4], got [3]',
  );
  expect(changed('"next_state"', '"next_one"')).toThrow(
    'model.json: expected files.step.outputs.next_state to be [6], got nothing',
  );
  expect(changed('"start": {', '"began": {')).toThrow('model.json: expected a file start among files, got began, step');
  await expect(exportModel(words, weights, { out: join(folder, 'sampler'), sampler: true })).rejects.toThrow(
    'sampler: expected a decoder that gives all of y in one call, got one of steps, each of which is drawn before the next; leave it out, and repeat step.onnx',
  );
});

it.runIf(IS_LONG)('of several targets run in Node, and train on', async () => {
  const out = join(folder, 'several');
  const own = drawnWeights(parametersOf(sketches), 2);
  const { manifest } = await exportModel(sketches, own, { out, evaluationSamples: 2, training: true });
  expect(Object.keys(manifest.files.step?.outputs ?? {})).toEqual([
    'offset',
    'offset_logVar',
    'offset_weights',
    'offset_means',
    'pen',
    'next_state_h',
    'next_state_c',
  ]);
  const model = await open(out);
  expect((await model.selfTest()).passed).toBe(true);
  await model.close();
  const learner = await trainer(out);
  const batch = { speed: 1, offset: [[0.5, 1, 0.2, -1, 0, 0, 0, 0]], pen: [[0, 1, 2, 2]] };
  const losses: number[] = [];
  for (let i = 0; i < 30; i++) losses.push((await learner.step(batch))['loss'] ?? NaN);
  expect(losses.at(-1)).toBeLessThan(losses[0] ?? NaN);
  await learner.close();
});
