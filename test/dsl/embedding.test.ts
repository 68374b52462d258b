import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { categorical, concat, cvae, dense, each, embedding, gaussian, normal, reduceMean, relu } from 'cvae-compile';
import { exportModel } from 'cvae-compile/compiler';
import { open } from 'cvae-compile/runtime';
import { train } from 'cvae-compile/train';
import { decode } from '../../src/onnx/decode.ts';
import { IS_LONG } from '../support/chosen.ts';

const folder = mkdtempSync(join(tmpdir(), 'embedding-'));
afterAll(() => rmSync(folder, { recursive: true }));

const WORDS = 20_000;

/** Numbers that depend on a word out of many, and on a sentence of four. */
const model = cvae({
  condition: { word: categorical(WORDS), sentence: categorical(5, { at: [4] }) },
  target: normal(2),
  latent: 1,
  recognition: ({ y, word }) => concat(y, word.pipe(embedding(WORDS, 3))).pipe(dense(8), relu, gaussian(1)),
  decoder: ({ z, word, sentence }) =>
    concat(z, word.pipe(embedding(WORDS, 3)), sentence.pipe(embedding(5, 4), each(dense(4), relu), reduceMean(0))).pipe(
      dense(16),
      relu,
      dense(2),
    ),
});

const examples = Array.from({ length: 64 }, (_, i) => ({
  word: (i * 317) % WORDS,
  sentence: [0, 1, 2, 3].map((k) => (i + k * k) % 5),
  y: [Math.sin(i), ((i * 317) % WORDS) / WORDS],
}));

const trained = (of: typeof model, engine: 'onnx' | 'tfjs') =>
  train(of, examples, { epochs: 30, batch: 16, seed: 1, engine, learningRate: 0.01 });

test.runIf(IS_LONG)('both engines train the table alike', async () => {
  const [onnx, tfjs] = [await trained(model, 'onnx'), await trained(model, 'tfjs')];
  const [first, last] = [onnx.epochs[0]?.train.loss ?? 0, onnx.epochs.at(-1)?.train.loss ?? 0];
  expect(last).toBeLessThan(first - 0.5);
  expect(tfjs.epochs.at(-1)?.train.loss).toBeCloseTo(last, 3);
  const table = onnx.weights.get('decoder/embedding_1/table');
  expect(table?.shape).toEqual([WORDS, 3]);
});

test('a file takes classes by their indices', async () => {
  const { weights } = await trained(model, 'onnx');
  const out = join(folder, 'out');
  await exportModel(model, weights, { out, recognition: true });
  const { graph } = decode(readFileSync(join(out, 'decoder.onnx')));
  expect(graph.inputs.map(({ name, shape }) => [name, ...shape])).toEqual([
    ['z', 'N', 1],
    ['word', 'N'],
    ['sentence', 'N', 4],
  ]);
  // No node makes an array of as many elements as there are words.
  expect(graph.nodes.map(({ op }) => op)).not.toContain('Equal');
  const opened = await open(out);
  const given = { word: 317, sentence: [1, 2, 0, 4] };
  const one = await opened.sample(given, { count: 2, seed: 3 });
  expect([...one.data].every(Number.isFinite)).toBe(true);
  const other = await opened.sample({ ...given, word: 19_999 }, { count: 2, seed: 3 });
  expect(other.data).not.toEqual(one.data);
  const both = await opened.sample({ word: [317, 19_999], sentence: [given.sentence, given.sentence] }, { seed: 3 });
  expect(both.data.slice(2)).toEqual(other.data.slice(0, 2));
  await expect(opened.sample({ ...given, word: 20_000 })).rejects.toThrow(
    'word: expected a class, 0 to 19999, got 20000; give one of these',
  );
  await expect(opened.sample({ ...given, word: new Float32Array([0.5]) })).rejects.toThrow(
    'got 0.5; give one of these',
  );
  await opened.selfTest();
  await opened.close();
});

test('a condition that other layers read too is one-hot inside', async () => {
  const mixed = cvae({
    condition: { word: categorical(7) },
    target: normal(2),
    latent: 1,
    recognition: ({ y, word }) => concat(y, word).pipe(dense(8), relu, gaussian(1)),
    decoder: ({ z, word }) => concat(z, word.pipe(embedding(7, 3))).pipe(dense(2)),
  });
  const data = examples.map(({ y, word }) => ({ y, word: word % 7 }));
  const { weights } = await train(mixed, data, { epochs: 1, seed: 1 });
  const out = join(folder, 'mixed');
  await exportModel(mixed, weights, { out, recognition: true });
  const { graph } = decode(readFileSync(join(out, 'recognition.onnx')));
  expect(graph.inputs.map(({ name, shape }) => [name, ...shape])).toEqual([
    ['y', 'N', 2],
    ['word', 'N'],
  ]);
});

test('weights of classes are refused where they are held as indices', async () => {
  const data = examples.map((example) => ({ ...example, sentence: new Float32Array(20).fill(0.2) }));
  await expect(train(model, data, { epochs: 1 })).rejects.toThrow(/sentence of shape \[4\]/);
});
