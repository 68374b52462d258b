import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compile, type Compiled } from '../../src/export/compile.ts';
import { costOf, engineRows, referenceRows } from '../../src/export/cost.ts';
import { onnxruntime, type InferenceEngine, type Values } from '../../src/export/engine.ts';
import { verify } from '../../src/export/verify.ts';
import { write } from '../../src/export/write.ts';
import {
  categorical,
  concat,
  conv2d,
  cvae,
  dense,
  flatten,
  gaussian,
  normal,
  relu,
  reshape,
  upsample2d,
} from '../../src/index.ts';
import { OPSET } from '../../src/onnx/schema.ts';
import { trainedWeights } from './weights.ts';
import { IS_LONG, chosen } from '../support/chosen.ts';

// A model of which the reference takes a while for a row: it is asked for one, and other rows are compared with what the engine
// gives for them otherwise.

const engine = onnxruntime(ort, 'onnxruntime-node');
const model = cvae({
  condition: { kind: categorical(3) },
  target: normal(32, 32, 1),
  latent: 2,
  prior: ({ kind }) => kind.pipe(dense(4), relu, gaussian(2)),
  recognition: ({ y, kind }) => concat(y.pipe(flatten), kind).pipe(dense(4), relu, gaussian(2)),
  decoder: ({ z, kind }) =>
    concat(z, kind).pipe(
      dense(8 * 8 * 8),
      relu,
      reshape(8, 8, 8),
      upsample2d(4),
      conv2d(96, { kernel: 5 }),
      relu,
      conv2d(60, { kernel: 7 }),
      relu,
      conv2d(1),
    ),
});

let root = '';
let folder = '';
let compiled: Compiled;
const done: (readonly [string, number])[] = [];
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'cvae-few-'));
  folder = join(root, 'out');
  const onFile = (file: string, share: number): unknown => done.push([file, share]);
  compiled = compile(model, trainedWeights(model), { sampler: true, onFile });
  await write(folder, compiled, async () => undefined);
});
afterAll(() => rm(root, { recursive: true }));

/** onnxruntime, with other outputs for files that take this input. */
const changing = (input: string, change: (outputs: Values, rows: number) => Values): InferenceEngine => ({
  name: 'a faulty runtime',
  load: async (...given) => {
    const loaded = await engine.load(...given);
    return {
      ...loaded,
      run: async (inputs) => {
        const found = await loaded.run(inputs);
        return input in inputs ? change(found, Object.values(inputs)[0]?.shape[0] ?? 0) : found;
      },
    };
  },
});

const times =
  (factor: number, from = 0) =>
  (outputs: Values): Values =>
    Object.fromEntries(
      Object.entries(outputs).map(([name, { data, shape }]) => [
        name,
        { shape, data: data.map((v, i) => (i >= from * (data.length / (shape[0] ?? 1)) ? factor * v : v)) },
      ]),
    );

test('what a file costs is known from its graph', () => {
  const { decoder, prior } = compiled.files;
  if (!decoder || !prior) throw new Error('no files');
  const cost = costOf(decoder.model.graph, OPSET);
  const products = 5 * 512 + 1024 * (8 * 25 * 96 + 96 * 49 * 60 + 60 * 9);
  expect(cost.operations).toBeGreaterThan(products);
  expect(cost.operations).toBeLessThan(1.01 * products);
  expect([referenceRows(cost, 64), engineRows(cost, 64)]).toEqual([1, 32]);
  const small = costOf(prior.model.graph, OPSET);
  expect([referenceRows(small, 64), engineRows(small, 64)]).toEqual([64, 64]);
});

test('how far an example has come is reported on the way', () => {
  const shares = done.filter(([file]) => file === 'decoder.onnx').map(([, share]) => share);
  expect(shares.length).toBeGreaterThan(5);
  expect(shares[0]).toBe(0);
  expect(shares.at(-1)).toBeCloseTo(1);
  expect(shares.toSorted((a, b) => a - b)).toEqual(shares);
});

describe.each(chosen('whose example is fresh', [true, false], 1))('a file whose example is fresh: %s', (fresh) => {
  test('is compared with what it should give', async () => {
    const files = new Set<string>();
    const batches: number[] = [];
    const counting = changing('z', (outputs, rows) => {
      batches.push(rows);
      return outputs;
    });
    const onFile = (file: string): void => void files.add(file);
    const agreements = await verify(folder, compiled.manifest, { engine: counting, fresh, onFile });
    expect([...files]).toEqual(['decoder.onnx', 'prior.onnx', 'sampler.onnx']);
    expect(agreements.map(({ part, output, with: other }) => [part, output, other])).toEqual([
      ['decoder', 'y', 'reference'],
      ['prior', 'mean', 'reference'],
      ['prior', 'logVar', 'reference'],
      ['sampler', 'y', 'reference'],
    ]);
    for (const { difference } of agreements) expect(difference).toBeLessThan(1e-5);
    // The last row of a batch alone, and the example; where the reference is asked again, the sampler's parts too.
    expect(batches.toSorted((a, b) => a - b)).toEqual(fresh ? [1, 1, 1, 3, 32] : [1, 1, 1, 3, 3, 32]);
  });

  const refused = (other: InferenceEngine) =>
    expect(verify(folder, compiled.manifest, { engine: other, fresh })).rejects;

  test('is refused where it gives something else', async () => {
    await refused(changing('z', times(1.05))).toThrow(
      /^decoder\.onnx: expected y from a faulty runtime to be that of the reference within 1e-4 .*, got [\d.e-]+ apart at batch 1/,
    );
  });

  test.runIf(IS_LONG)('is refused where a row of a large batch is not what it is alone', async () => {
    await refused(changing('z', (outputs, rows) => (rows > 3 ? times(1.01, rows - 1)(outputs) : outputs))).toThrow(
      /^decoder\.onnx: expected y from a faulty runtime to be that of itself in a smaller batch /,
    );
    await refused(changing('z', (outputs, rows) => (rows === 3 ? times(1.01)(outputs) : outputs))).toThrow(
      /^decoder\.onnx: .* at batch (3|32)/,
    );
  });

  test('is refused where its sampler is not its prior and its decoder', async () => {
    await refused(changing('noise', times(1.05))).toThrow(
      fresh
        ? /^sampler\.onnx: expected y from a faulty runtime to be that of the reference /
        : /^sampler\.onnx: expected y from a faulty runtime to be that of the prior and the decoder /,
    );
  });
});
