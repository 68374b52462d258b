import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  bernoulli,
  categorical,
  concat,
  continuous,
  cvae,
  dense,
  dropout,
  flatten,
  gaussian,
  normal,
  predictor,
  relu,
  reshape,
  squaredError,
} from 'cvae-compile';
import { adapted, open, putWeights, readManifest, readMetadata, trainer } from 'cvae-compile/runtime';
import { compile } from '../../src/export/compile.ts';
import { onnxruntime } from '../../src/export/engine.ts';
import { verify } from '../../src/export/verify.ts';
import { write } from '../../src/export/write.ts';
import { decode } from '../../src/onnx/decode.ts';
import { rawOffsets } from '../../src/onnx/offsets.ts';
import type { Example, Manifest } from '../../src/signature.ts';
import { exportTraining } from '../../src/export/training.ts';
import { adam, sgd } from '../../src/train/optimiser.ts';
import { derive, type Block, type Leaf } from '../../src/exchange.ts';
import { decodeSafetensors } from '../../src/weights/safetensors.ts';
import { objectiveOf, weightsOf } from '../train-step/support.ts';

const model = cvae({
  condition: { kind: categorical('left', 'right') },
  target: bernoulli(8),
  latent: 2,
  prior: ({ kind }) => kind.pipe(dense(4), relu, gaussian(2)),
  recognition: ({ y, kind }) => concat(y, kind).pipe(dense(6), relu, dropout(0.1), gaussian(2)),
  decoder: ({ z, kind }) => concat(z, kind).pipe(dense(6), relu, dense(8)),
});
const weights = weightsOf(objectiveOf(model));
const engine = onnxruntime({ InferenceSession: ort.InferenceSession, Tensor: ort.Tensor }, 'onnxruntime-node');

/** Eight pixels of which the left or the right half is lit. */
const batch = (count: number) => ({
  kind: Array.from({ length: count }, (_, i) => (i % 2 === 0 ? 'left' : 'right')),
  y: Array.from({ length: count }, (_, i) =>
    Array.from({ length: 8 }, (_, j) => (j < 4 === (i % 2 === 0) ? 0.9 : 0.1)),
  ),
});

const root = mkdtempSync(join(tmpdir(), 'training-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const folder = join(root, 'out');

let manifest: Manifest;
beforeAll(async () => {
  const compiled = exportTraining(model, weights, {
    name: 'small',
    recognition: true,
    sampler: true,
    learningRate: 1e-2,
  });
  manifest = compiled.manifest;
  await write(folder, compiled, async (staged) => {
    const agreements = await verify(staged, manifest, { engine });
    expect(agreements.map(({ part }) => part)).toContain('training');
  });
});

describe('an export for training', () => {
  it('has the parts, the step and its state, all listed', () => {
    expect(readdirSync(folder).sort()).toEqual(
      ['decoder', 'gradient', 'prior', 'recognition', 'sampler', 'train', 'update']
        .map((name) => `${name}.onnx`)
        .concat('model.json', 'state.safetensors')
        .sort(),
    );
    expect(manifest.training?.metrics.toSorted()).toEqual(['kl', 'loss', 'reconstruction']);
    expect(Object.keys(manifest.training?.batch ?? {}).sort()).toEqual(['kind', 'y']);
  });

  it('has the inference files of an export without it, byte for byte', () => {
    const { files } = compile(model, weights, { name: 'small', recognition: true, sampler: true });
    for (const { file, bytes } of Object.values(files))
      expect(Buffer.compare(readFileSync(join(folder, file)), bytes), file).toBe(0);
  });

  it('lists how initializers follow from all parameters, and what that gives is what the files hold', () => {
    const seen = new Set<string>();
    const leafOf = (leaf: Leaf): Block => {
      if (leaf.op === 'constant') return { shape: leaf.shape, data: Float64Array.from(leaf.values) };
      seen.add(leaf.name);
      return { shape: leaf.shape, data: weights.get(leaf.name)?.data ?? new Float32Array() };
    };
    for (const file of Object.values(manifest.files)) {
      const bytes = readFileSync(join(folder, file.file));
      for (const { offset, shape, from } of Object.values(file.initializers ?? {})) {
        const { data } = derive(from, leafOf);
        expect(data).toHaveLength(shape.reduce((a, b) => a * b, 1));
        expect(Float32Array.from(data)).toEqual(Float32Array.from(data, (_, i) => bytes.readFloatLE(offset + 4 * i)));
      }
    }
    expect([...seen].sort()).toEqual([...weights.keys()].sort());
  });

  it('begins with the weights, and an optimiser that remembers nothing', () => {
    const { weights: state, metadata } = decodeSafetensors(readFileSync(join(folder, 'state.safetensors')), 'state');
    expect(metadata).toEqual({ step: '0' });
    for (const [name, { data }] of weights) {
      expect(state.get(name)?.data).toEqual(data);
      expect(state.get(`velocity/${name}`)?.data.every((x) => x === 0)).toBe(true);
    }
  });

  it('proves itself', async () => {
    const opened = await open(folder);
    expect(await opened.selfTest()).toMatchObject({ passed: true, parts: { decoder: expect.any(Number) } });
    await opened.close();
  });

  it('opens as any other export, and gives what that gives', async () => {
    const opened = await open(folder);
    const { data } = await opened.sample({ kind: 'left' }, { count: 2, seed: 1 });
    expect(data).toHaveLength(16);
    await opened.close();
  });

  it('is replaced by a later one without what was for training', async () => {
    const again = join(root, 'again');
    await write(again, exportTraining(model, weights), async () => undefined);
    const { compile } = await import('../../src/export/compile.ts');
    await write(again, compile(model, weights), async () => undefined);
    expect(readdirSync(again).filter((name) => /train|state/.test(name))).toEqual([]);
  });

  it('is refused with an optimiser that a file cannot describe', () => {
    const { settings: _, ...mine } = { ...adam(), name: 'mine' };
    expect(() => exportTraining(model, weights, { optimiser: mine })).toThrow(
      /^mine: expected an optimiser that a file can describe, got one of your own; /,
    );
  });
});

describe('offsets of initializers', () => {
  it('are where a decoder finds them', () => {
    const bytes = readFileSync(join(folder, 'prior.onnx'));
    const { graph } = decode(bytes, { file: 'prior.onnx' });
    const offsets = rawOffsets(bytes);
    expect([...offsets.keys()].sort()).toEqual([...graph.initializers.keys()].sort());
    for (const [name, { dtype, data }] of graph.initializers)
      if (dtype === 'float32')
        expect(data).toEqual(data.map((_, i) => bytes.readFloatLE((offsets.get(name) ?? NaN) + 4 * i)));
  });
});

describe('a trainer', () => {
  it('lowers the loss, without the definition', async () => {
    const training = await trainer(folder);
    const losses: number[] = [];
    for (let i = 0; i < 60; i++) losses.push((await training.step(batch(16)))['loss'] ?? NaN);
    expect(losses.slice(-5).every((loss) => loss < (losses[0] ?? NaN) - 0.5)).toBe(true);
    await training.close();
  });

  it('gives the same weights for the same seed, to the bit, and others for another', async () => {
    const run = async (seed: number) => {
      const training = await trainer(folder, { seed });
      for (let i = 0; i < 5; i++) await training.step(batch(4));
      const after = await training.weights();
      await training.close();
      return after;
    };
    const first = await run(1);
    expect([...first.keys()].sort()).toEqual([...weights.keys()].sort());
    expect(await run(1)).toEqual(first);
    expect(await run(2)).not.toEqual(first);
  });

  it('on WASM computes the loss that onnxruntime-node does', async () => {
    const [native, wasm] = [await trainer(folder), await trainer(folder, { backend: 'wasm' })];
    for (let i = 0; i < 3; i++) {
      const [{ loss: a = NaN }, { loss: b = NaN }] = [await native.step(batch(8)), await wasm.step(batch(8))];
      expect(Math.abs(a / b - 1)).toBeLessThan(1e-6);
    }
    await native.close();
    await wasm.close();
  });

  it('takes steps in turn, also when they are asked for at once', async () => {
    const [one, other] = [await trainer(folder), await trainer(folder)];
    const atOnce = await Promise.all([1, 2, 3].map(() => one.step(batch(4))));
    const inTurn = [await other.step(batch(4)), await other.step(batch(4)), await other.step(batch(4))];
    expect(atOnce).toEqual(inTurn);
  });

  it('gives weights that take the place of others, byte for byte as an export of them has them', async () => {
    const training = await trainer(folder);
    for (let i = 0; i < 3; i++) await training.step(batch(8));
    const after = await training.weights();
    // But for the example: that of the file was computed with other weights, and is left out.
    const { files } = compile(model, after, { name: 'small', recognition: true, sampler: true, example: false });
    for (const [part, exported] of Object.entries(files)) {
      const listed = Object.entries(manifest.files).find(([name]) => name === part)?.[1];
      if (!listed) throw new Error(`no ${part}`);
      const put = putWeights(readFileSync(join(folder, listed.file)), listed, after);
      expect(Buffer.compare(put, exported.bytes)).toBe(0);
      expect([...readMetadata(put, part).keys()]).toEqual(['cvae.label']);
    }
    await training.close();
  });

  it('gives weights that the exported folder opens with', async () => {
    const training = await trainer(folder, { seed: 4 });
    for (let i = 0; i < 3; i++) await training.step(batch(16));
    const after = await training.weights();
    await training.close();
    const out = join(root, 'after');
    await write(out, exportTraining(model, after), async () => undefined);
    const drawn = async (from: string, options: Parameters<typeof open>[1] = {}) => {
      const opened = await open<typeof model>(from, options);
      const { data } = await opened.sample({ kind: 'left' }, { count: 4, seed: 1 });
      await opened.close();
      return [...data];
    };
    const adapted = await drawn(folder, { weights: after });
    expect(adapted).toEqual(await drawn(out));
    expect(adapted).not.toEqual(await drawn(folder));
    const opened = await open(folder, { weights: after });
    await expect(opened.selfTest()).rejects.toThrow(/^small: expected files that carry an example, got none/);
    await opened.close();
    await expect(open(folder, { weights: new Map() })).rejects.toThrow(
      /^decoder\.onnx: expected \d+ numbers for \S+, got 0;/,
    );
    const plain = join(root, 'not-for-training');
    await write(plain, compile(model, weights), async () => undefined);
    await expect(open(plain, { weights: after })).rejects.toThrow(/export it with --training$/);
  });

  it('gives weights of which a folder is made that proves itself, without the definition', async () => {
    const training = await trainer(folder, { seed: 5 });
    for (let i = 0; i < 3; i++) await training.step(batch(16));
    const after = await training.weights();
    await training.close();
    const out = join(root, 'adapted');
    mkdirSync(out);
    const files = await adapted(folder, after);
    expect([...files.keys()].sort()).toEqual(
      ['decoder', 'prior', 'recognition', 'sampler']
        .map((name) => `${name}.onnx`)
        .concat('model.json')
        .sort(),
    );
    for (const [name, bytes] of files) writeFileSync(join(out, name), bytes);
    // But for the last digits of the examples' outputs, an export of these weights.
    const exported = compile(model, after, { name: 'small', recognition: true, sampler: true }).files;
    for (const [name, bytes] of files) {
      const file = Object.values(exported).find((one) => one.file === name);
      if (!file) continue;
      expect(bytes.length - file.bytes.length, name).toBeLessThan(100);
      const [found, expected] = [bytes, file.bytes].map((of) => {
        const example: Example = JSON.parse(readMetadata(of, name).get('cvae.selfTest') ?? '');
        return { ...example, outputs: Object.values(example.outputs).flat() };
      });
      expect({ ...found, outputs: [] }).toEqual({ ...expected, outputs: [] });
      expect(found?.outputs).toEqual(expected?.outputs.map((value) => expect.closeTo(value, 5)));
    }
    const opened = await open(out);
    expect(await opened.selfTest()).toMatchObject({ passed: true });
    expect(opened.signature.training).toBeUndefined();
    await opened.close();
    expect((await verify(out, await readManifest(out), { engine })).length).toBeGreaterThan(0);
    const { data } = await (await open(folder, { weights: after })).mean({ kind: 'left' });
    expect((await (await open(out)).mean({ kind: 'left' })).data).toEqual(data);
    const plain = join(root, 'for-use-only');
    await write(plain, compile(model, weights), async () => undefined);
    await expect(adapted(plain, after)).rejects.toThrow(/export it with --training$/);
  });

  it('uses the optimiser and the learning rate that it was exported with, or another rate', async () => {
    const out = join(root, 'sgd');
    await write(
      out,
      exportTraining(model, weights, { optimiser: sgd({ momentum: 0.9 }), learningRate: 1e-3 }),
      async () => undefined,
    );
    const moved = async (options: { learningRate?: number }) => {
      const training = await trainer(out, options);
      await training.step(batch(8));
      const after = await training.weights();
      return [...weights].reduce(
        (sum, [name, { data }]) =>
          sum + data.reduce((all, x, i) => all + Math.abs(x - (after.get(name)?.data[i] ?? NaN)), 0),
        0,
      );
    };
    expect((await moved({ learningRate: 1e-2 })) / (await moved({}))).toBeCloseTo(10, 1);
  });

  it('refuses what it cannot train with, in a sentence', async () => {
    const training = await trainer(folder);
    const { kind, y } = batch(2);
    await expect(training.step({ kind })).rejects.toThrow(/^y: expected numbers of \[8\], got nothing/);
    await expect(training.step({ kind: ['up', 'left'], y })).rejects.toThrow(/^kind: expected .*left or right/);
    await expect(training.step({ kind, y, z: [1] })).rejects.toThrow(/^z: expected conditions/);
    await training.close();
    await expect(training.step({ kind, y })).rejects.toThrow(/expected an open trainer/);
    await expect(trainer(folder, { learningRate: 0 })).rejects.toThrow(/^learningRate: expected a positive number/);
    await expect(trainer(folder, { seed: -1 })).rejects.toThrow(/^seed: expected/);
    await expect(trainer(folder, { learningRate: '0.1' } as never)).rejects.toThrow(
      /^learningRate: expected a positive number, got "0.1"/,
    );
    await expect(trainer(folder, null as never)).rejects.toThrow(/^options: expected an object, got null/);
  });

  it('takes what a Bernoulli target may be, in any form, and refuses what lies outside 0 to 1', async () => {
    const training = await trainer(folder);
    const { kind } = batch(2);
    const loss = async (y: unknown) => {
      const fresh = await trainer(folder, { seed: 3 });
      try {
        return (await fresh.step({ kind: 'left', y }))['loss'];
      } finally {
        await fresh.close();
      }
    };
    const shares = [1, 0.2, 0, 0.4, 1, 0, 0.6, 0.8];
    const bytes = shares.map((share) => 255 * share);
    expect(await loss(Uint8ClampedArray.from(bytes))).toBe(await loss(shares));
    const coins = [1, 0, 0, 1, 1, 0, 1, 0];
    expect(await loss(Uint8Array.from(coins))).toBe(await loss(coins));
    for (const [y, message] of [
      [shares.map((share) => 2 * share - 1), /^y: expected numbers of \[8\] from 0 to 1, got -0\.6\d* at 1; /],
      [bytes, /^y: expected numbers of \[8\] from 0 to 1, got 255 at 0; divide by 255/],
      [new Uint8ClampedArray(32), /^y: expected numbers of \[8\], got an array of 32, 4 times as many; /],
    ] as const)
      await expect(training.step({ kind: 'left', y })).rejects.toThrow(message);
    await expect(training.step({ kind, y: shares })).rejects.toThrow(
      /^y: expected 2 values, one for each example of the batch, got 1; /,
    );
    // One condition of several y is what all of them share; of floats that are no image, a flat list is several.
    expect(await loss(Float32Array.from([...shares, ...shares]))).toBe(await loss([shares, shares]));
    expect(await loss([shares, shares])).toBeGreaterThan(0);
    for (const nothing of [undefined, null, 'left'])
      await expect(training.step(nothing as never)).rejects.toThrow(/^conditions: expected an object .*\{ kind, y \}$/);
    await training.close();
  });

  it('takes an ImageData for a target that is an image, and a mask of 0 and 1', async () => {
    const drawing = cvae({
      condition: { kind: categorical('left', 'right') },
      target: bernoulli(2, 2, 1, { mask: true }),
      latent: 2,
      recognition: ({ y, kind }) => concat(y.pipe(flatten), kind).pipe(gaussian(2)),
      decoder: ({ z, kind }) => concat(z, kind).pipe(dense(4), reshape(2, 2, 1)),
    });
    const out = join(root, 'drawing');
    await write(out, exportTraining(drawing, weightsOf(objectiveOf(drawing))), async () => undefined);
    const loss = async (y: unknown, mask: unknown) => {
      const training = await trainer(out);
      try {
        return (await training.step({ kind: 'left', y, mask }))['loss'];
      } finally {
        await training.close();
      }
    };
    const data = Uint8ClampedArray.from([255, 0, 51, 102].flatMap((grey) => [grey, grey, grey, 255]));
    const all = [1, 1, 1, 1];
    const expected = await loss([1, 0, 0.2, 0.4], all);
    expect(await loss({ width: 2, height: 2, data }, all)).toBe(expected);
    expect(await loss([1, 0, 0.2, 0.4], Uint8Array.from(all))).toBe(expected);
    expect(await loss([1, 0, 0.2, 0.4], Uint8Array.of(1, 0, 0, 0))).not.toBe(expected);
    // As the model of `open` takes it: what is null does not count.
    expect(await loss([1, 0, null, 0.4], undefined)).toBe(await loss([1, 0, 0, 0.4], [1, 1, 0, 1]));
    await expect(loss([1, 0, 0.2, 0.4], undefined)).rejects.toThrow(
      /^mask: expected the mask of y, .* got none; give 1/,
    );
    await expect(loss(data, all)).rejects.toThrow(/^y: .*4 times as many/);
    await expect(loss(new Float32Array(16), all)).rejects.toThrow(
      /^y: .*4 times as many; pass the pixels of a canvas as an ImageData/,
    );
    await expect(loss([1, 0, 0.2, 0.4], Uint8Array.of(255, 0, 0, 255))).rejects.toThrow(
      /^mask: expected numbers of \[2, 2, 1\] from 0 to 1, got 255 at 0; pass 1 for elements that count and 0 for the others$/,
    );
  });

  it('says which variable makes the first loss infinite, and not that the learning rate does', async () => {
    const plain = cvae({
      condition: { size: continuous(1) },
      target: normal(2),
      latent: 1,
      recognition: ({ y, size }) => concat(y, size).pipe(gaussian(1)),
      decoder: ({ z, size }) => concat(z, size).pipe(dense(2)),
    });
    const out = join(root, 'plain-numbers');
    await write(out, exportTraining(plain, weightsOf(objectiveOf(plain))), async () => undefined);
    const training = await trainer(out);
    await expect(training.step({ size: 1, y: [3e30, 1e30] })).rejects.toThrow(
      /^step 1: expected a finite loss, got .* no learning rate helps at the first step, whose batch has y of mean 2e\+30 and standard deviation 1e\+30, not standardised; give values in the units /,
    );
    await training.close();
  });

  it('takes no step after which Adam would leave a parameter as it is for ever', async () => {
    const plain = predictor({
      condition: { size: continuous(1) },
      target: squaredError(1),
      network: ({ size }) => size.pipe(dense(1)),
    });
    const out = join(root, 'too-large-to-square');
    await write(out, exportTraining(plain, weightsOf(objectiveOf(plain))), async () => undefined);
    const training = await trainer(out);
    const before = await training.weights();
    await expect(training.step({ size: 100, y: 1e18 })).rejects.toThrow(
      /^step 1: expected a finite number in squares\/network\/dense_1\/kernel, got Infinity; no learning rate helps at the first step, /,
    );
    expect(await training.weights()).toEqual(before);
    await training.step({ size: 1, y: 1 });
    await expect(training.step({ size: 100, y: 1e18 })).rejects.toThrow(
      /^step 2: .*, got Infinity; lower the learning rate/,
    );
    await training.close();
  });

  it('refuses an export that is not for training', async () => {
    const { compile } = await import('../../src/export/compile.ts');
    const out = join(root, 'plain');
    const compiled = compile(model, weights);
    await write(out, compiled, async () => undefined);
    await expect(trainer(out)).rejects.toThrow(/expected an export for training, .*; export it with --training/);
    const decoder = compiled.manifest.files.decoder;
    expect(() => putWeights(new Uint8Array(), decoder ?? { file: 'decoder.onnx' }, weights)).toThrow(
      /export it with --training/,
    );
  });
});
