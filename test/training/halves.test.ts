import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { batchNorm, bernoulli, categorical, concat, cvae, dense, gaussian, relu } from 'cvae-compile';
import { readManifest, trainer } from 'cvae-compile/runtime';
import { onnxruntime } from '../../src/export/engine.ts';
import { exportTraining } from '../../src/export/training.ts';
import { verify } from '../../src/export/verify.ts';
import { write } from '../../src/export/write.ts';
import { decode } from '../../src/onnx/decode.ts';
import { encode } from '../../src/onnx/encode.ts';
import { normals, stream } from '../../src/random.ts';
import { optimiserScalars, type FileOnDisk, type Manifest } from '../../src/signature.ts';
import { adam, clipped } from '../../src/train/optimiser.ts';
import { sentence } from '../../src/export/verification.ts';
import { decodeSafetensors } from '../../src/weights/safetensors.ts';
import { objectiveOf, weightsOf } from '../train-step/support.ts';

const shared = {
  condition: { kind: categorical(2) },
  target: bernoulli(8),
  latent: 2,
} as const;
const plain = cvae({
  ...shared,
  recognition: ({ y, kind }) => concat(y, kind).pipe(dense(6), relu, gaussian(2)),
  decoder: ({ z, kind }) => concat(z, kind).pipe(dense(6), relu, dense(8)),
});
/** One whose steps also give running statistics. */
const normalised = cvae({
  ...shared,
  recognition: ({ y, kind }) => concat(y, kind).pipe(dense(6), relu, gaussian(2)),
  decoder: ({ z, kind }) => concat(z, kind).pipe(dense(6), batchNorm, relu, dense(8)),
});
const engine = onnxruntime({ InferenceSession: ort.InferenceSession, Tensor: ort.Tensor }, 'onnxruntime-node');

const root = mkdtempSync(join(tmpdir(), 'halves-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const folder = join(root, 'plain');

/** Exports a model. The norm is so small that each step is clipped: by the whole batch's gradient, or steps would differ. */
const exported = async (model: typeof plain, name: string): Promise<Manifest> => {
  const files = exportTraining(model, weightsOf(objectiveOf(model)), { optimiser: clipped(adam(), 0.05) });
  await write(join(root, name), files, async () => undefined);
  return files.manifest;
};
let manifest: Manifest;
beforeAll(async () => {
  manifest = await exported(plain, 'plain');
});

const ROWS = 8;
const kinds = Array.from({ length: ROWS }, (_, i) => i % 2);
const pictures = kinds.map((kind) => Array.from({ length: 8 }, (_, j) => (j < 4 === (kind === 0) ? 1 : 0)));

const tensor = (data: Float32Array, dims: readonly number[]) => new ort.Tensor('float32', data, dims);
const shapesIn = (state: ReadonlyMap<string, ort.TypedTensor<'float32'>>, name: string) => state.get(name)?.dims ?? [];

/** Takes steps by gradient.onnx, for each of several parts of the batch, the mean of their gradients, and update.onnx. */
const byHalves = async (name: string, { training }: Manifest, steps: number, parts: number) => {
  if (!training) throw new Error('no training');
  const session = (listed: FileOnDisk | undefined) =>
    ort.InferenceSession.create(join(root, name, listed?.file ?? ''), { intraOpNumThreads: 1 });
  const [gradient, update] = await Promise.all([session(training.gradient), session(training.update)]);
  const { weights } = decodeSafetensors(readFileSync(join(root, name, training.state.file)), 'state');
  const state = new Map([...weights].map(([name, { data, shape }]) => [name, tensor(data, shape)]));
  const run = (of: ort.InferenceSession, feeds: Readonly<Record<string, ort.Tensor>>) =>
    of.run(Object.fromEntries(Object.entries(feeds).filter(([name]) => of.inputNames.includes(name))));
  const own = ROWS / parts;
  let loss = NaN;
  for (let step = 1; step <= steps; step++) {
    const sums = new Map<string, Float32Array>();
    for (let part = 0; part < parts; part++) {
      const rows = Array.from({ length: own }, (_, i) => part * own + i);
      const noise = Object.entries(training.noise).map(
        ([
          name,
          {
            shape: [width = 0],
          },
        ]) => {
          const data = normals(stream(1, 'noise', name, step), own, width, part * own);
          return [name, tensor(data, [own, width])] as const;
        },
      );
      const found = await run(gradient, {
        ...Object.fromEntries(state),
        ...Object.fromEntries(noise),
        kind: tensor(Float32Array.from(rows.flatMap((row) => [row % 2 === 0 ? 1 : 0, row % 2])), [own, 2]),
        y: tensor(Float32Array.from(rows.flatMap((row) => pictures[row] ?? [])), [own, 8]),
      });
      for (const [name, { data }] of Object.entries(found)) {
        if (!(data instanceof Float32Array)) throw new TypeError(name);
        const before = sums.get(name);
        sums.set(name, before ? before.map((x, i) => x + (data[i] ?? NaN) / parts) : data.map((x) => x / parts));
      }
    }
    const mean = [...sums].flatMap(([name, data]) =>
      name.startsWith('gradient/') ? [[name, tensor(data, shapesIn(state, name.slice(9)))] as const] : [],
    );
    const { optimiser, learningRate } = training;
    const scalars = Object.entries(optimiserScalars(optimiser, step, learningRate)).map(
      ([name, value]) => [`optimiser/${name}`, tensor(Float32Array.of(value), [])] as const,
    );
    const next = await run(update, Object.fromEntries([...state, ...mean, ...scalars]));
    for (const [name, { data, dims }] of Object.entries(next))
      if (data instanceof Float32Array) state.set(name.slice(5), tensor(data, dims));
    for (const [name, data] of sums)
      if (name.startsWith('next/')) state.set(name.slice(5), tensor(data, shapesIn(state, name.slice(5))));
    loss = sums.get('metrics/loss')?.[0] ?? NaN;
  }
  await Promise.all([gradient.release(), update.release()]);
  return { state, loss };
};

describe('gradient.onnx and update.onnx', () => {
  it.each([
    ['plain', 1],
    ['plain', 2],
    ['normalised', 1],
  ] as const)(
    'are, one after the other, the step of train.onnx, twenty times over: %s, in %i parts',
    async (name, parts) => {
      const own = name === 'plain' ? manifest : await exported(normalised, name);
      const { state, loss } = await byHalves(name, own, 20, parts);
      const steps = await trainer(join(root, name));
      let expected = NaN;
      for (let step = 0; step < 20; step++) ({ loss: expected = NaN } = await steps.step({ kind: kinds, y: pictures }));
      const weights = await steps.weights();
      await steps.close();
      expect(Math.abs(loss / expected - 1)).toBeLessThan(1e-5);
      expect([...weights.keys()].some((key) => key.includes('batchNorm'))).toBe(name === 'normalised');
      const first = weightsOf(objectiveOf(name === 'plain' ? plain : normalised));
      let moved = 0;
      for (const [key, { data }] of weights)
        for (const [i, value] of data.entries()) {
          expect(Math.abs(value - Number(state.get(key)?.data[i])), key).toBeLessThan(1e-4);
          moved = Math.max(moved, Math.abs(value - (first.get(key)?.data[i] ?? NaN)));
        }
      expect(moved).toBeGreaterThan(1e-2);
    },
  );

  it('hold no weights, and describe their inputs as train.onnx does', () => {
    const { training } = manifest;
    const [step, gradient, update] = [training?.step, training?.gradient, training?.update].map((listed) =>
      decode(readFileSync(join(folder, listed?.file ?? '')), { file: listed?.file ?? '' }),
    );
    expect(gradient?.metadata).toEqual(step?.metadata);
    const names = (values: readonly { readonly name: string }[] = []) => values.map(({ name }) => name);
    const trained = [...weightsOf(objectiveOf(plain)).keys()];
    expect(names(gradient?.graph.outputs)).toEqual(expect.arrayContaining(trained.map((name) => `gradient/${name}`)));
    expect(names(update?.graph.inputs)).toEqual(expect.arrayContaining(trained.map((name) => `gradient/${name}`)));
    expect(names(gradient?.graph.inputs).some((name) => name.startsWith('optimiser/'))).toBe(false);
    expect(names(update?.graph.inputs)).not.toContain('y');
  });

  it('are verified: an update of another learning rule is refused, as is a gradient that is not that of the step', async () => {
    const agreements = await verify(folder, await readManifest(folder), { engine });
    expect(agreements.find(({ output }) => output === 'gradient and update')).toMatchObject({ with: 'train.onnx' });
    expect(sentence(agreements)).toMatch(
      /^largest difference \S+, from the reference( and tfjs-node)?, and of the step in two files from that of train\.onnx$/,
    );
    for (const [which, op, other] of [
      ['update', 'Sub', 'Add'],
      ['update', 'Add', 'Sub'],
      ['gradient', 'Exp', 'Abs'],
    ] as const) {
      const listed = manifest.training?.[which];
      if (!listed) throw new Error(which);
      const file = join(folder, listed.file);
      const bytes = readFileSync(file);
      const decoded = decode(bytes, { file });
      const at = decoded.graph.nodes.findIndex((node) => node.op === op);
      expect(at).toBeGreaterThan(0);
      const nodes = decoded.graph.nodes.map((node, i) => (i === at ? { ...node, op: other } : node));
      const damaged = encode({ ...decoded, graph: { ...decoded.graph, nodes } });
      const { createHash } = await import('node:crypto');
      const entry = { ...listed, bytes: damaged.length, sha256: createHash('sha256').update(damaged).digest('hex') };
      writeFileSync(file, damaged);
      const changed: Manifest = {
        ...manifest,
        ...(manifest.training && { training: { ...manifest.training, [which]: entry } }),
      };
      await expect(verify(folder, changed, { engine })).rejects.toThrow(
        /^(update\.onnx|gradient\.onnx, update\.onnx): expected \S+ from onnxruntime-node to be that of (the reference|train\.onnx) within 1e-4/,
      );
      writeFileSync(file, bytes);
    }
  });
});
