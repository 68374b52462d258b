import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  bernoulli,
  bidirectional,
  categorical,
  concat,
  continuous,
  conv2d,
  convTranspose2d,
  cvae,
  dense,
  embedding,
  flatten,
  gaussian,
  gru,
  lstm,
  normal,
  relu,
  reshape,
} from 'cvae-compile';
import { compile, exportModel, type ExportOptions } from 'cvae-compile/compiler';
import { open, readManifest } from 'cvae-compile/runtime';
import { evaluate, train } from 'cvae-compile/train';
import { quantised } from '../../src/export/storage/int8.ts';
import { load } from '../../src/cli/load.ts';
import { toDataset } from '../../src/data/convert.ts';
import { limited } from '../../src/data/limited.ts';
import { limitOf } from '../../src/export/storage/gate.ts';
import { measuredPart } from '../../src/export/storage/measured-part.ts';
import { partsOf } from '../../src/train/plan.ts';
import { variablesOf } from '../../src/train/parameters.ts';
import type { OnnxGraph } from '../../src/onnx/graph.ts';
import { evaluate as reference } from '../../src/onnx/evaluate.ts';
import { numbersOf, tensorOf } from '../../src/onnx/tensor.ts';
import { normals, stream, uniforms } from '../../src/random.ts';
import { cli, SMALL } from '../cli/support/cli.ts';
import { close } from '../onnx/close.ts';
import { modelOf, runOrt } from '../onnx/ort.ts';
import { trainedWeights } from './weights.ts';

const folder = mkdtempSync(join(tmpdir(), 'int8-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Of each kind of layer that has a kernel. */
const model = cvae({
  condition: { word: categorical(80) },
  target: bernoulli(8, 8, 1),
  latent: 4,
  recognition: ({ y }) => y.pipe(conv2d(8, { kernel: 3, stride: 2 }), relu, flatten, gaussian(4)),
  decoder: ({ z, word }) =>
    concat(z, word.pipe(embedding(80, 8))).pipe(
      dense(64),
      relu,
      reshape(4, 16),
      gru(16),
      reshape(4, 4, 4),
      convTranspose2d(8, { kernel: 3, stride: 2 }),
      relu,
      conv2d(1, { kernel: 3 }),
    ),
});
const data = () => {
  const noise = uniforms(stream(1, 'pictures'), 400, 64);
  return {
    word: Array.from({ length: 400 }, (_, i) => i % 80),
    y: Array.from({ length: 400 }, (_, i) =>
      Array.from({ length: 64 }, (__, at) => Number((noise[64 * i + at] ?? 0) < ((i + at) % 4) / 4)),
    ),
  };
};
type Trained = Awaited<ReturnType<typeof train>>['weights'];
let weights: Trained = new Map();
beforeAll(async () => {
  ({ weights } = await train(model, data, { epochs: 3, seed: 1, engine: 'onnx' }));
});

const exported = (name: string, options: Omit<ExportOptions, 'out'>, own = weights) =>
  exportModel(model, own, { out: join(folder, name), examples: data, ...options });

describe('weights in int8', () => {
  test('are whole numbers with a scale for each output channel, within half a step of what they were', () => {
    const noise = normals(stream(1, 'kernel'), 24, 40);
    const graph: OnnxGraph = {
      name: 'small',
      inputs: [{ name: 'x', dtype: 'float32', shape: ['N', 24] }],
      outputs: [{ name: 'y', dtype: 'float32', shape: ['N', 40] }],
      nodes: [{ name: 'dense', op: 'MatMul', inputs: ['x', 'a/kernel'], outputs: ['y'], attributes: {} }],
      // Column j is of the size of 10^(j/10).
      initializers: new Map([
        [
          'a/kernel',
          tensorOf(
            'float32',
            [24, 40],
            noise.map((value, i) => value * 10 ** ((i % 40) / 10)),
          ),
        ],
      ]),
    };
    const { initializers, nodes } = quantised(graph);
    expect(nodes.map(({ op }) => op)).toEqual(['Cast', 'Mul', 'MatMul']);
    const [whole, scale] = [initializers.get('a/kernel/int8'), initializers.get('a/kernel/scale')];
    expect([whole?.dtype, whole?.shape, scale?.shape]).toEqual(['int8', [24, 40], [1, 40]]);
    const before = graph.initializers.get('a/kernel');
    const [q, s, w] = [whole, scale, before].map((tensor) => (tensor ? numbersOf(tensor) : new Float64Array()));
    w?.forEach((value, i) => {
      const step = s?.[i % 40] ?? NaN;
      expect(Math.abs((q?.[i] ?? NaN) * step - value)).toBeLessThanOrEqual(0.5001 * step);
    });
    // The largest of each column is ±127.
    expect(Math.max(...Array.from({ length: 24 }, (_, row) => Math.abs(q?.[40 * row + 7] ?? 0)))).toBe(127);
    expect(quantised(graph, { layers: new Set(['a']) }).nodes).toHaveLength(1);
    expect(quantised(graph, { exact: new Set(['a/kernel']) }).nodes).toHaveLength(1);
  });

  test('of whole numbers are these numbers, so that what counts steps counts them', async () => {
    const masked = cvae({
      condition: { exists: continuous(9), past: continuous(9, 4) },
      target: normal(1),
      latent: 1,
      recognition: ({ y }) => y.pipe(gaussian(1)),
      decoder: ({ z, past, exists }) =>
        concat(z, past.pipe(bidirectional(lstm(8, { last: true, mask: exists })))).pipe(dense(1)),
    });
    const own = trainedWeights(masked);
    const [whole, small] = (['float32', 'int8'] as const).map(
      (precision) => compile(masked, own, { precision }).files.decoder?.model.graph,
    );
    if (!whole || !small) throw new Error('no decoder');
    const given = {
      z: tensorOf('float32', [2, 1], [0.3, -0.5]),
      exists: tensorOf('float32', [2, 9], [1, 1, 1, 0, 1, 1, 0, 0, 1, 0, 0, 1, 1, 1, 1, 1, 1, 1]),
      past: tensorOf('float32', [2, 9, 4], normals(stream(2, 'past'), 2, 36)),
    };
    const floats = reference(whole, given);
    const expected = reference(small, given);
    expect(close(expected['y'], await runOrt(modelOf(small), given).then(({ y }) => y))).toBeUndefined();
    const [before = NaN, after = NaN] = [floats, expected].map(({ y }) => Number(y?.data[0]));
    expect(Math.abs(after - before)).toBeLessThan(0.03);
  });

  test('are those of all layers with kernels', () => {
    const { files, manifest } = compile(model, weights, { precision: 'int8', recognition: true });
    const names = [...(files.decoder?.model.graph.initializers ?? [])].filter(([, { dtype }]) => dtype === 'int8');
    expect(names.map(([name]) => name.split('/')[1]).sort()).toEqual(
      ['convTranspose2d_1', 'conv2d_1', 'dense_1', 'embedding_1', 'gru_1', 'gru_1'].sort(),
    );
    expect(manifest.precision?.weights).toBe('int8');
    expect(manifest.precision?.losses.decoder).toBeLessThan(0.1);
    expect(
      [...(files.recognition?.model.graph.initializers.values() ?? [])].some(({ dtype }) => dtype === 'int8'),
    ).toBe(true);
  });

  test('cost what is measured on data, which is recorded in the manifest, and onnxruntime computes it so', async () => {
    const { manifest, largest } = await exported('small', { precision: 'int8', evaluationSamples: 10 });
    expect(largest).toBeLessThan(1e-4);
    const { cost } = manifest.precision ?? {};
    expect(cost).toMatchObject({ unit: 'nats', examples: 400, part: 'train', left: [] });
    const { importanceSampling } = await evaluate(model, weights, data, { samples: 10 });
    expect(cost?.loss).toBeCloseTo(importanceSampling ?? NaN, 0);
    expect(Math.abs(cost?.rise ?? NaN)).toBeLessThan(0.05);
    expect(cost?.error).toBeGreaterThan(0);
    const opened = await open(join(folder, 'small'));
    await opened.selfTest();
    await opened.close();
    await exported('whole', {});
    const bytes = (name: string): number => statSync(join(folder, name, 'decoder.onnx')).size;
    expect(bytes('small')).toBeLessThan(0.75 * bytes('whole'));
  });

  test('leave out layers that cost too much, and say which', async () => {
    // The last number of each word's vector is 0, so that its row of the kernel does not matter, but for the scale.
    const spoilt = new Map(weights);
    const change = (name: string, to: (value: number, i: number) => number): void => {
      const { shape, data } = weights.get(name) ?? { shape: [], data: new Float32Array() };
      spoilt.set(name, { shape, data: data.map(to) });
    };
    const [table = ''] = [...weights.keys()].filter((name) => name.startsWith('decoder/embedding_1/'));
    change(table, (value, i) => (i % 8 === 7 ? 0 : value));
    change('decoder/dense_1/kernel', (value, i) => (i >= 11 * 64 ? 1e4 : value));
    const told: number[] = [];
    const onProgress = (_: string, stage: string, done: number): void => void (stage === 'measure' && told.push(done));
    const { manifest } = await exported('left', { precision: 'int8', onProgress }, spoilt);
    // From the first examples on, and never backwards.
    expect(told[0]).toBe(0);
    expect(told).toEqual([...told].sort((a, b) => a - b));
    expect(told.at(-1)).toBe(1);
    expect(told.length).toBeGreaterThan(20);
    expect(manifest.precision?.cost?.left).toEqual(['decoder/dense_1']);
    expect(manifest.precision?.cost?.rise).toBeLessThan(0.06);
    // With all others kept, it is the only one, and costs too much.
    const others = [...new Set([...weights.keys()].map((name) => name.replace(/\/[^/]*$/, '')))];
    await expect(
      exported(
        'none',
        {
          precision: 'int8',
          keepFloat32: others.filter((layer) => layer !== 'decoder/dense_1'),
        },
        spoilt,
      ),
    ).rejects.toThrow(
      /precision: expected int8 weights that cost at most 0.05 nats, got \+.* nats on 400 examples \(train\); allow more by at most, or export float16/,
    );
  });

  test('are kept in float32 by the names of layers that there are', () => {
    expect(() => compile(model, weights, { precision: 'int8', keepFloat32: ['decoder/dense_2'] })).toThrow(
      'keepFloat32: expected layers of the model, got decoder/dense_2; did you mean decoder/dense_1?',
    );
  });

  test('are limited by nats or by a share', () => {
    expect(limitOf(undefined, 20, 'int8')).toBe(0.05);
    expect(limitOf(undefined, 2000, 'int8')).toBe(2);
    expect(limitOf(0.2, 2000, 'int8')).toBe(0.2);
    expect(limitOf('0.5%', 200, 'int8')).toBeCloseTo(1, 12);
    expect(() => limitOf('5' as '5%', 2, 'int8')).toThrow('atMost: expected a number from 0, or a share such as 0.1%');
  });

  test('are refused without data, and for training', async () => {
    await expect(exportModel(model, weights, { out: join(folder, 'x'), precision: 'int8' })).rejects.toThrow(
      'precision: expected data to measure the cost of int8 on, got none',
    );
    await expect(exported('y', { precision: 'int8', training: true })).rejects.toThrow(
      'precision: expected float32 with training, since training continues from unrounded weights, got int8',
    );
    const { code, err } = await cli('export', 'model.ts', '--weights', 'out', '--out', 'x', '--at-most', '0.1');
    expect(code).toBe(1);
    expect(err).toContain('at-most: expected --precision int8 or int4, whose cost it limits, got float32');
  });
});

test('normal targets are measured too', async () => {
  const line = cvae({
    condition: {},
    target: normal(20),
    latent: 2,
    recognition: ({ y }) => y.pipe(dense(32), relu, gaussian(2)),
    decoder: ({ z }) => z.pipe(dense(32), relu, dense(20)),
  });
  const y = Array.from({ length: 200 }, (_, i) => Array.from({ length: 20 }, (__, j) => 100 + 9 * Math.sin(i + j)));
  const { weights: own } = await train(line, { y }, { epochs: 2, seed: 1, engine: 'onnx' });
  const { manifest } = await exportModel(line, own, { out: join(folder, 'line'), precision: 'int8', examples: { y } });
  expect(manifest.precision?.cost?.unit).toBe('nats');
  expect(manifest.precision?.cost?.rise).toBeLessThanOrEqual(0.06);
});

describe('the part that a cost is measured on', () => {
  /** A definition without a validation part, of which runs hold some out. */
  const definition = join(folder, 'model.ts');
  const [run, out] = [join(folder, 'run'), join(folder, 'measured')];
  beforeAll(async () => {
    writeFileSync(definition, SMALL);
    await cli('train', definition, '--out', run, '--epochs', '1', '--engine', 'onnx', '--seed', '3', '--limit', '40');
  });

  test('is what the run of the weights held out', async () => {
    const words = ['--weights', run, '--out', out, '--precision', 'int8', '--at-most', '1000%'];
    const { code, err } = await cli('export', definition, ...words);
    expect(code).toBe(0);
    expect(err).toMatch(/int8: \d+ kB, .* \(4 examples, validation\)/);
    const { cost } = (await readManifest(out)).precision ?? {};
    expect(cost).toMatchObject({ examples: 4, part: 'validation' });
    expect(cost?.why).toBeUndefined();

    const { model: own, data: given } = await load(definition);
    if (!given) throw new Error('a definition with data');
    const dataset = await toDataset(given, variablesOf(own));
    const { examples, trained } = await measuredPart(own, dataset, run);
    const [rest, held] = partsOf({ ...dataset, train: limited(dataset.train, { limit: 40, seed: 3 }) }, 0.1, 3);
    if (!held) throw new Error('examples that are held out');
    expect(examples).toEqual(held);
    expect(trained).toEqual(rest);
    // Of weights without their run, or of other data, that is not known.
    const part = async (changed: Partial<typeof dataset>, from?: string) => {
      const { part: name, why } = await measuredPart(own, { ...dataset, ...changed }, from);
      return [name, why];
    };
    const nothing = 'the data have no validation part, and ';
    expect(await part({})).toEqual(['test', `${nothing}the weights come from no run`]);
    expect(await part({}, join(folder, 'nowhere'))).toEqual(['test', `${nothing}the weights come from no run`]);
    expect(await part({ checksum: 'other' }, run)).toEqual(['test', `${nothing}the run was trained on other data`]);
    const { test: _, ...bareData } = dataset;
    const { part: last, why: reason } = await measuredPart(own, bareData, undefined);
    expect([last, reason]).toEqual([
      'train',
      'the data have no validation or test part, and the weights come from no run',
    ]);
    expect(await part({ validation: held }, run)).toEqual(['validation', undefined]);
  });

  test('is named with the reason if it is another part', async () => {
    const words = ['--weights', await bare(), '--out', out, '--precision', 'int8', '--at-most', '1000%'];
    const { code, err } = await cli('export', definition, ...words);
    expect(code).toBe(0);
    expect(err).toContain('(16 examples, test: the data have no validation part, and the weights come from no run)');
  });

  /** The run's weights alone. */
  const bare = async (): Promise<string> => {
    const file = join(folder, 'alone', 'weights.safetensors');
    await mkdir(join(folder, 'alone'));
    await copyFile(join(run, 'weights.safetensors'), file);
    return file;
  };
});
