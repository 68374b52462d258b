import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compile } from '../../src/export/compile.ts';
import { onnxruntime, type InferenceEngine } from '../../src/export/engine.ts';
import { verify } from '../../src/export/verify.ts';
import { write } from '../../src/export/write.ts';
import {
  categorical,
  concat,
  cvae,
  dense,
  distribution,
  gaussian,
  mul,
  normal,
  relu,
  square,
  sub,
  type Model,
} from '../../src/index.ts';
import { decode } from '../../src/onnx/decode.ts';
import { encode } from '../../src/onnx/encode.ts';
import { numbersOf, tensorOf } from '../../src/onnx/tensor.ts';
import { open } from '../../src/runtime/node.ts';
import { EXAMPLE_KEY, type Example } from '../../src/signature.ts';
import { exportTraining } from '../../src/export/training.ts';
import { sha256 } from '../../src/weights/fingerprint.ts';
import type { Weights } from '../../src/weights/weights.ts';
import { trainedWeights } from './weights.ts';

// What is verified is as exact for micrometres as for light-years: y is compared in its standard deviations.

const engine = onnxruntime(ort, 'onnxruntime-node');
const model = cvae({
  condition: { kind: categorical(3) },
  target: normal(6),
  latent: 2,
  recognition: ({ y, kind }) => concat(y, kind).pipe(dense(8), relu, gaussian(2)),
  decoder: ({ z, kind }) => concat(z, kind).pipe(dense(40), relu, dense(6)),
});

/** A mean and a standard deviation of the data, and what they are of. */
const UNITS = [
  ['of size 1', 0, 1],
  ['in metres, of micrometres', 0, 2e-6],
  ['in metres, of micrometres that have a mean', 3e-6, 2e-6],
  ['of large numbers', -4e29, 1e30],
  ['of a mean that is large compared with the deviation', 1000, 1],
  ['of a mean that is very large compared with it', -1000, 0.01],
] as const;

const inUnits = (of: Model, mean: number, deviation: number): Weights =>
  new Map(
    [...trainedWeights(of)].map(([name, { shape, data }]) => {
      const value = name === 'scaling/y/mean' ? mean : name === 'scaling/y/deviation' ? deviation : undefined;
      // No two elements alike: a deviation belongs to its element.
      return [name, { shape, data: value === undefined ? data : data.map((_, i) => value * (1 + i / 10)) }];
    }),
  );

let root = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'cvae-units-'));
});
afterAll(() => rm(root, { recursive: true }));

const exported = async (weights: Weights): Promise<string> => {
  const folder = await mkdtemp(join(root, 'out-'));
  await write(folder, compile(model, weights), async () => undefined);
  return folder;
};

/** Changes an exported decoder, and what model.json has of it. */
const change = async (folder: string, how: (model: ReturnType<typeof decode>) => ReturnType<typeof decode>) => {
  const manifest = JSON.parse(await readFile(join(folder, 'model.json'), 'utf8'));
  const bytes = encode(how(decode(await readFile(join(folder, 'decoder.onnx')), { file: 'decoder.onnx' })));
  await writeFile(join(folder, 'decoder.onnx'), bytes);
  Object.assign(manifest.files.decoder, { bytes: bytes.length, sha256: sha256(bytes) });
  await writeFile(join(folder, 'model.json'), JSON.stringify(manifest));
};

const KERNEL = 'decoder/dense_2/kernel';

/** onnxruntime, which is given a file whose last kernel differs from that of the file that is verified. */
const faulty = (factor: number): InferenceEngine => ({
  name: 'a faulty runtime',
  load: (bytes) => {
    const file = decode(bytes);
    const kernel = file.graph.initializers.get(KERNEL);
    if (!kernel) return engine.load(bytes);
    const other = tensorOf(
      'float32',
      kernel.shape,
      numbersOf(kernel).map((w) => w * factor),
    );
    const initializers = new Map([...file.graph.initializers, [KERNEL, other]]);
    return engine.load(encode({ ...file, graph: { ...file.graph, initializers } }));
  },
});

describe.each(UNITS)('a target %s', (_, mean, deviation) => {
  const weights = inUnits(model, mean, deviation);

  test('is verified, and proves itself', async () => {
    const folder = await exported(weights);
    const opened = await open(folder);
    const agreements = await verify(folder, opened.signature, { engine });
    for (const { difference } of agreements)
      expect(difference).toBeLessThan(Math.abs(mean) > 100 * deviation ? 0.1 : 1e-5);
    expect(await opened.selfTest()).toMatchObject({ passed: true, tolerance: 1e-5 });
    await opened.close();
  });

  test('is refused by verify where its kernel is tripled, or a little larger', async () => {
    const folder = await exported(weights);
    const { signature, close } = await open(folder);
    for (const factor of Math.abs(mean) > 1000 * deviation ? [3, 0] : [3, 1.01, 0])
      await expect(verify(folder, signature, { engine: faulty(factor) })).rejects.toThrow(
        /^decoder\.onnx: expected y from a faulty runtime to be that of the reference within 1e-4 .*, got [\d.]+(e.\d+)? apart/,
      );
    await close();
  });

  test('fails its self-test where the kernel of its file is tripled', async () => {
    const folder = await exported(weights);
    await change(folder, (file) => {
      const kernel = file.graph.initializers.get(KERNEL);
      if (!kernel) throw new Error('no kernel');
      const tripled = tensorOf(
        'float32',
        kernel.shape,
        numbersOf(kernel).map((w) => w * 3),
      );
      return {
        ...file,
        graph: { ...file.graph, initializers: new Map([...file.graph.initializers, [KERNEL, tripled]]) },
      };
    });
    const opened = await open(folder);
    const { passed, largest } = await opened.selfTest();
    expect(passed).toBe(false);
    expect(largest).toBeGreaterThan(0.1);
    await opened.close();
  });

  test('proves itself where an earlier version wrote its example, with six digits', async () => {
    const folder = await exported(weights);
    await change(folder, (file) => {
      const { inputs, outputs }: Example = JSON.parse(file.metadata[EXAMPLE_KEY] ?? '');
      const six = Object.entries(outputs).map(([name, values]) => [name, values.map((v) => Number(v.toPrecision(6)))]);
      const example = JSON.stringify({ inputs, outputs: Object.fromEntries(six) });
      return { ...file, metadata: { ...file.metadata, [EXAMPLE_KEY]: example } };
    });
    const opened = await open(folder);
    expect(await opened.selfTest()).toMatchObject({ passed: true });
    await opened.close();
  });

  test.skipIf(deviation > 1e6)('costs in fp16 what it costs in any units', () => {
    const [one, here] = [inUnits(model, 0, 1), weights].map(
      (own) => compile(model, own, { precision: 'float16' }).manifest.precision?.losses.decoder ?? NaN,
    );
    expect(one).toBeGreaterThan(1e-5);
    expect(here).toBeGreaterThan((one ?? NaN) / 20);
    expect(here).toBeLessThan((one ?? NaN) * 5);
  });
});

test('weights that are too small for fp16 stay in float32', () => {
  const { files } = compile(model, inUnits(model, 0, 2e-6), { precision: 'float16' });
  const stored = Object.fromEntries(
    [...(files.decoder?.model.graph.initializers ?? [])].map(([name, t]) => [name, t.dtype]),
  );
  expect(stored[KERNEL]).toBe('float32');
  expect(stored['decoder/dense_1/kernel/float16']).toBe('float16');
});

describe('a training step of a loss in small units', () => {
  const small = cvae({
    condition: { kind: categorical(3) },
    target: distribution('small', [6], {
      parameters: { mean: [6] },
      mean: ({ mean }) => mean,
      nll: ({ mean }, y) => mul(square(sub(y, mean)), 1e-8),
    }),
    latent: 2,
    decoder: ({ z, kind }) => concat(z, kind).pipe(dense(8), relu, dense(6)),
  });

  /** onnxruntime with one output tripled. */
  const tripling = (output: string): InferenceEngine => ({
    name: 'a faulty runtime',
    load: async (bytes) => {
      const loaded = await engine.load(bytes);
      const run: typeof loaded.run = async (inputs) => {
        const found = await loaded.run(inputs);
        const value = found[output];
        return value ? { ...found, [output]: { ...value, data: value.data.map((v) => 3 * v) } } : found;
      };
      return { ...loaded, run };
    },
  });

  test('is verified, and refused where a gradient is tripled', async () => {
    const { gsnn } = await import('../../src/train/objectives/gsnn.ts');
    const folder = await mkdtemp(join(root, 'training-'));
    const compiled = exportTraining(small, trainedWeights(small), { objective: gsnn() });
    await write(folder, compiled, async () => undefined);
    const { manifest } = compiled;
    const agreements = await verify(folder, manifest, { engine });
    expect(agreements.find(({ part }) => part === 'training')?.difference).toBeLessThan(1e-4);
    for (const output of ['next/velocity/decoder/dense_2/kernel', 'metrics/loss'])
      await expect(verify(folder, manifest, { engine: tripling(output) })).rejects.toThrow(
        new RegExp(`^train\\.onnx: expected ${output} from a faulty runtime to be that of the reference`),
      );
  });
});
