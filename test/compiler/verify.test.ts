import { agrees, compare } from '../../src/export/compare.ts';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import digits from '../../examples/digits/model.ts';
import { compile, type Compiled } from '../../src/export/compile.ts';
import { onnxruntime, type InferenceEngine } from '../../src/export/engine.ts';
import { verify } from '../../src/export/verify.ts';
import { write } from '../../src/export/write.ts';
import { decode } from '../../src/onnx/decode.ts';
import { encode } from '../../src/onnx/encode.ts';
import type { OnnxNode } from '../../src/onnx/graph.ts';
import { open, readManifest } from '../../src/runtime/node.ts';
import { sha256 } from '../../src/weights/fingerprint.ts';
import { MODELS } from './models.ts';
import { trainedWeights } from './weights.ts';

const engine = onnxruntime(ort, 'onnxruntime-node');

/** onnxruntime with a fault: it computes some nodes as others. */
const faulty = (change: (node: OnnxNode) => OnnxNode): InferenceEngine => ({
  name: 'a faulty runtime',
  load: (bytes) => {
    const model = decode(bytes);
    return engine.load(encode({ ...model, graph: { ...model.graph, nodes: model.graph.nodes.map(change) } }));
  },
});

/** Accepts whatever is written. */
const unchecked = async (): Promise<void> => undefined;

let place: string;
let folder: string;
let compiled: Compiled;

beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'cvae-verify-'));
  folder = join(place, 'new', 'export');
  compiled = compile(digits, trainedWeights(digits), { sampler: true });
});

afterEach(() => rm(place, { recursive: true }));

describe('verify', () => {
  /** Writes the digits if an engine gives what they should. */
  const verifying = (other: InferenceEngine) =>
    write(folder, compiled, (staged) => verify(staged, compiled.manifest, { engine: other }));

  test('gives the largest difference of each output, at batches of 1, 3 and 64', async () => {
    const batches: number[] = [];
    const counting: InferenceEngine = {
      ...engine,
      load: async (...args) => {
        const loaded = await engine.load(...args);
        return {
          ...loaded,
          run: (inputs) => {
            batches.push(Object.values(inputs)[0]?.shape[0] ?? 0);
            return loaded.run(inputs);
          },
        };
      },
    };
    const files = new Map<string, number>();
    const agreements = await write(folder, compiled, (staged) =>
      verify(staged, compiled.manifest, { engine: counting, onFile: (file, done) => files.set(file, done) }),
    );
    expect([...files]).toEqual([
      ['decoder.onnx', expect.closeTo(1)],
      ['sampler.onnx', expect.closeTo(1)],
    ]);
    // And the example that a file carries.
    expect(batches).toEqual([1, 3, 64, 1, 1, 3, 64, 1]);
    expect(agreements).toMatchObject([
      { part: 'decoder', output: 'y', with: 'reference' },
      { part: 'sampler', output: 'y', with: 'reference' },
    ]);
    for (const { difference } of agreements) {
      expect(difference).toBeGreaterThan(0);
      expect(difference).toBeLessThan(1e-5);
    }
    // And later, of what is in the folder.
    expect(await verify(folder, await readManifest(folder), { engine })).toEqual(agreements);
    // Ended while the second file is compared.
    const ending = new AbortController();
    const onFile = (file: string): void => void (file === 'sampler.onnx' && ending.abort(new Error('enough')));
    await expect(verify(folder, compiled.manifest, { engine, onFile, signal: ending.signal })).rejects.toThrow(
      'enough',
    );
  });

  test.each(Object.keys(MODELS).filter((name) => name !== 'completion' && name !== 'digits'))(
    'accepts %s, with weights in a file of their own too',
    async (name) => {
      const model = MODELS[name];
      if (!model) throw new Error(name);
      const more = { recognition: true, sampler: model.latent > 0 };
      const apart = compile(model, trainedWeights(model), { ...more, externalDataAbove: 100 });
      const agreements = await write(folder, apart, (staged) => verify(staged, apart.manifest, { engine }));
      expect(agreements.length).toBeGreaterThan(0);
      for (const { difference } of agreements) expect(difference).toBeLessThan(1e-5);
      const external = Object.values(apart.manifest.files).flatMap((file) => file.external?.file ?? []);
      expect(external).toContain(`${model['~kind'] === 'cvae' ? 'decoder' : 'predictor'}.onnx.data`);
      expect(await readdir(folder)).toEqual(expect.arrayContaining(external));
    },
  );

  test('names the first node that differs, and leaves nothing', async () => {
    const wrong = faulty((node) => (node.op === 'Relu' ? { ...node, op: 'Abs' } : node));
    await expect(verifying(wrong)).rejects.toThrow(
      /^decoder\.onnx: expected y from a faulty runtime to be that of the reference .* got 0\.\d+ apart at batch 1, first in node decoder\/relu_1\/Relu;/,
    );
    expect(await readdir(place)).toEqual([]);
  });

  test('says what onnxruntime says of a file that it does not load', async () => {
    const wrong = faulty((node) => (node.op === 'Gemm' ? { ...node, op: 'MatMul' } : node));
    await expect(verifying(wrong)).rejects.toThrow(
      /^decoder\.onnx: expected a file that a faulty runtime loads, got ".+"; report/,
    );
  });

  test('refuses NaN', async () => {
    const weights = new Map(trainedWeights(digits));
    weights.set('decoder/dense_1/bias', { shape: [200], data: new Float32Array(200).fill(NaN) });
    const broken = compile(digits, weights);
    await expect(write(folder, broken, (staged) => verify(staged, broken.manifest, { engine }))).rejects.toThrow(
      /got NaN apart at batch 1, first in node decoder\/dense_1\/Gemm; check the weights/,
    );
  });

  test('compares with a training backend, where there is one', async () => {
    const run = async () => ({ y: { shape: [1, 784], data: new Float32Array(784) } });
    const options = { engine, backend: { name: 'tfjs-node', run } };
    await expect(write(folder, compiled, (staged) => verify(staged, compiled.manifest, options))).rejects.toThrow(
      /expected y from onnxruntime-node to be that of tfjs-node within/,
    );
  });

  describe('of a folder', () => {
    beforeEach(() => write(folder, compiled, unchecked));

    const verified = async () => verify(folder, await readManifest(folder), { engine });

    test('refuses a file that is missing, cut short or changed', async () => {
      const path = join(folder, 'sampler.onnx');
      const bytes = await readFile(path);
      await writeFile(path, bytes.subarray(0, 1000));
      await expect(verified()).rejects.toThrow(
        /sampler\.onnx: expected a file of \d+ bytes, as model.json says, got 1000/,
      );
      bytes[5000] = (bytes[5000] ?? 0) ^ 1;
      await writeFile(path, bytes);
      await expect(verified()).rejects.toThrow(
        /sampler\.onnx: expected a file of SHA-256 [0-9a-f]{12}…, as model.json says/,
      );
      await rm(path);
      await expect(verified()).rejects.toThrow(
        /sampler\.onnx: expected a file of \d+ bytes, as model.json says, got none/,
      );
    });

    test('refuses a file of another model in its place', async () => {
      const manifest = await readManifest(folder);
      await expect(verify(folder, { ...manifest, name: 'another' }, { engine })).rejects.toThrow(
        /decoder\.onnx: expected the metadata that model.json gives/,
      );
    });
  });
});

describe('write', () => {
  test('leaves the files and what describes them, which the runtime opens', async () => {
    await write(folder, compiled, unchecked);
    expect((await readdir(folder)).sort()).toEqual(['decoder.onnx', 'model.json', 'sampler.onnx']);
    expect(await readManifest(folder)).toEqual(compiled.manifest);
    const model = await open<typeof digits>(folder);
    expect((await model.mean({ digit: 7 })).shape).toEqual([1, 784]);
    await model.close();
  });

  test('replaces an export, of which nothing is left, and leaves other files alone', async () => {
    const all = compile(digits, trainedWeights(digits), { recognition: true, externalDataAbove: 1000 });
    await write(folder, all, unchecked);
    await writeFile(join(folder, 'notes.txt'), 'mine');
    await write(folder, compiled, unchecked);
    expect((await readdir(folder)).sort()).toEqual(['decoder.onnx', 'model.json', 'notes.txt', 'sampler.onnx']);
    expect(await verify(folder, await readManifest(folder), { engine })).toHaveLength(2);
  });

  test('leaves no sampler of an export that had one where the next has none', async () => {
    await write(folder, compiled, unchecked);
    const plain = compile(digits, trainedWeights(digits));
    await write(folder, plain, unchecked);
    expect((await readdir(folder)).sort()).toEqual(['decoder.onnx', 'model.json']);
    expect(await verify(folder, await readManifest(folder), { engine })).toMatchObject([{ part: 'decoder' }]);
  });

  test('keeps the export that was there where a new one is refused', async () => {
    await write(folder, compiled, unchecked);
    const other = compile(digits, trainedWeights(digits, 2));
    const contents = async () =>
      Promise.all((await readdir(folder)).map(async (file) => [file, sha256(await readFile(join(folder, file)))]));
    const before = await contents();
    await expect(write(folder, other, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await contents()).toEqual(before);
  });

  test('refuses to overwrite what it has not written', async () => {
    const file = join(place, 'decoder.onnx');
    await writeFile(file, 'mine');
    await expect(write(place, compiled, unchecked)).rejects.toThrow(
      /expected a folder without a decoder\.onnx of another kind, got one; choose another folder, or remove it/,
    );
    expect(await readFile(file, 'utf8')).toBe('mine');
    expect(await readdir(place)).toEqual(['decoder.onnx']);
    await writeFile(join(place, 'model.json'), '{"name": "another program\'s"}');
    await expect(write(place, compiled, unchecked)).rejects.toThrow(/of another kind/);
  });

  test('says in one sentence that a folder cannot be made there', async () => {
    const file = join(place, 'file');
    await writeFile(file, '');
    await expect(write(join(file, 'export'), compiled, unchecked)).rejects.toThrow(
      /expected a folder to write to, got a file where a folder should be; choose a place that can be written$/,
    );
  });
});

test('a difference is relative where numbers are above 1, and in standard deviations where there are any', () => {
  const of = (...values: number[]) => ({ data: Float64Array.from(values), shape: [values.length] });
  const apart = compare(of(0.5, 3e6), of(0.5 + 1e-7, 3e6 + 3), 'importanceSampling', {});
  expect(apart.relative).toBeCloseTo(1e-6, 9);
  expect([apart.largest, agrees(apart)]).toEqual([3, true]);
  const y = compare(of(110), of(100), 'y', { scaling: { mean: [0], deviation: [20] } });
  expect([y.relative, y.largest]).toEqual([0.5, 0.5]);
  expect(compare(of(NaN), of(1), 'y', {}).relative).toBeNaN();
});
