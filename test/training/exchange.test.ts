import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it, test } from 'vitest';
import { open, putWeights, readManifest, trainer } from 'cvae-compile/runtime';
import { compile } from '../../src/export/compile.ts';
import { rolled } from '../../src/compiler/runs.ts';
import { write } from '../../src/export/write.ts';
import type { Model } from '../../src/dsl/model.ts';
import { derive, unrolled, type Derivation } from '../../src/exchange.ts';
import {
  batchNorm,
  categorical,
  concat,
  continuous,
  conv2d,
  convTranspose2d,
  cvae,
  dense,
  flatten,
  gaussian,
  layerNorm,
  mul,
  normal,
  relu,
  reshape,
} from '../../src/index.ts';
import { exportTraining } from '../../src/export/training.ts';
import type { Weights } from '../../src/weights/weights.ts';
import { examples } from '../browser/support/models.ts';
import { cli } from '../cli/support/cli.ts';
import { MODELS } from '../compiler/models.ts';
import { trainedWeights } from '../compiler/weights.ts';
import { IS_LONG, chosen } from '../support/chosen.ts';

// What is exported with --training is what is exported without it, and what fine-tuning puts into its files is what an export of the new
// weights has, also where kernels are transposed, scaled, and hold a normalisation.

const root = mkdtempSync(join(tmpdir(), 'exchange-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Every fold that there is: normalisation after and before products, through reshapes, scaled outputs, shared kernels. */
const folded = cvae({
  condition: { kind: categorical(3), size: continuous(2) },
  target: normal(8, 8, 2),
  latent: 3,
  prior: ({ kind, size }) => concat(kind, size).pipe(dense(12), relu, batchNorm, dense(6), layerNorm, gaussian(3)),
  recognition: ({ y, kind }) =>
    concat(
      y.pipe(conv2d(4, { stride: 2 }), batchNorm, relu, conv2d(3, { kernel: 1, padding: 'valid' }), flatten),
      kind,
    ).pipe(dense(8), batchNorm, relu, gaussian(3)),
  decoder: ({ z, kind }) =>
    concat(z, kind).pipe(
      dense(64),
      reshape(4, 4, 4),
      batchNorm,
      relu,
      convTranspose2d(5, { stride: 2 }),
      batchNorm,
      relu,
      conv2d(2, { kernel: 5 }),
      (y) => mul(y, 0.5),
    ),
});

/** Other weights that a model may have, with its data standardised as they were. */
const tuned = (weights: Weights): Weights =>
  new Map(
    [...weights].map(([name, { shape, data }]) => [
      name,
      { shape, data: name.startsWith('scaling/') ? data : data.map((x, i) => x * 1.01 + 1e-3 * (i % 5)) },
    ]),
  );

/** Weights that have just been drawn: kernels are what they are, biases 0, scales 1. */
const fresh = (weights: Weights): Weights =>
  new Map(
    [...weights].map(([name, { shape, data }]) => [
      name,
      /bias|beta|mean|logVar$/.test(name) ? { shape, data: data.map(() => 0) } : { shape, data },
    ]),
  );

const unscaled = (weights: Weights): Weights =>
  new Map(
    [...weights].map(([name, { shape, data }]) => {
      const value = /^scaling\/.*\/mean$/.test(name) ? 0 : 1;
      return [name, { shape, data: name.startsWith('scaling/') ? data.map(() => value) : data }];
    }),
  );

const models: Readonly<Record<string, () => Promise<Model>>> = {
  ...Object.fromEntries(
    Object.entries({ ...MODELS, folded }).map(([name, model]) => [name, () => Promise.resolve(model)]),
  ),
  quadrants: examples()['quadrants'] ?? (() => Promise.resolve(folded)),
  'segmentation/joint': examples()['segmentation/joint'] ?? (() => Promise.resolve(folded)),
};

/** Weights of which other initializers are made, or none at all. */
const KINDS = [
  ['as trained', (weights: Weights) => weights],
  ['just drawn', fresh],
  ['of data that are not standardised', unscaled],
] as const;
/** Compiling these takes as long as all of the others: they are for the long tests, which try all kinds on each. */
const LARGE = ['completion', 'quadrants', 'segmentation/joint'];

const small = Object.keys(models).filter((name) => !LARGE.includes(name));
const some = IS_LONG ? Object.keys(models) : chosen('models for training', small, 4);
describe.each(Object.entries(models).filter(([name]) => some.includes(name)))('%s', (name, make) => {
  test.each(chosen(`weights of ${name}`, KINDS, 1))(
    '%s, is exported for training as without',
    { timeout: 120_000 },
    async (__, how) => {
      const model = await make();
      const weights = how(trainedWeights(model));
      const options = { recognition: true, sampler: model.latent > 0, name: 'model' };
      const plain = compile(model, weights, options);
      const { files, manifest } = exportTraining(model, weights, options);
      const others = tuned(weights);
      const expected = compile(model, others, { ...options, example: false });
      for (const [part, file] of Object.entries(files)) {
        const at = <T>(all: Readonly<Record<string, T>>): T => all[part] ?? missing(part);
        expect(Buffer.compare(file.bytes, at(plain.files).bytes), part).toBe(0);
        const put = putWeights(file.bytes, at(manifest.files), others);
        expect(Buffer.compare(put, at(expected.files).bytes), part).toBe(0);
      }
      // What is reported of it does not grow with its weights.
      expect(JSON.stringify(manifest).length).toBeLessThan(200_000);
    },
  );
});

const missing = (what: string): never => {
  throw new Error(`no ${what}`);
};

describe('weights in place of others', () => {
  const weights = trainedWeights(folded);

  it('are put into a file of their own too, where they are too large for one', async () => {
    const { digits } = MODELS;
    if (!digits) throw new Error('no digits');
    const whole = trainedWeights(digits);
    const folder = join(root, 'external');
    await write(folder, exportTraining(digits, whole, { externalDataAbove: 10_000 }), async () => undefined);
    const manifest = await readManifest(folder);
    expect(Object.keys(manifest.files.decoder?.external?.initializers ?? {}).length).toBeGreaterThan(1);
    expect(Object.keys(manifest.files.decoder?.initializers ?? {}).length).toBeGreaterThan(0);
    const plain = join(root, 'plain');
    const others = tuned(whole);
    await write(plain, compile(digits, others), async () => undefined);
    const drawn = async (from: string, options: Parameters<typeof open>[1] = {}) => {
      const model = await open(from, options);
      const { data } = await model.sample({ digit: 1 }, { count: 2, seed: 1 });
      await model.close();
      return [...data];
    };
    expect(await drawn(folder, { weights: others })).toEqual(await drawn(plain));
  });

  it('are refused with data that were standardised otherwise', () => {
    const { files, manifest } = exportTraining(folded, weights);
    const [file, listed] = [files.decoder ?? missing('decoder'), manifest.files.decoder ?? missing('decoder')];
    const other = new Map(weights);
    const { shape, data } = weights.get('scaling/y/mean') ?? missing('mean');
    other.set('scaling/y/mean', { shape, data: data.map((x) => x + 1) });
    expect(() => putWeights(file.bytes, listed, other)).toThrow(
      'scaling/y/mean: expected the one that decoder.onnx was exported with, got another; export the model again with these weights',
    );
    other.delete('scaling/y/mean');
    expect(putWeights(file.bytes, listed, other).length).toBeGreaterThan(1000);
    other.delete('decoder/dense_1/kernel');
    expect(() => putWeights(file.bytes, listed, other)).toThrow(
      /^decoder\.onnx: expected \d+ numbers for decoder\/dense_1\/kernel, got 0; /,
    );
  });
});

describe('an export for training by an earlier version', () => {
  const old = fileURLToPath(new URL('old', import.meta.url));

  it('opens, and can be trained on', async () => {
    const folder = join(root, 'old');
    cpSync(old, folder, { recursive: true });
    const model = await open(folder);
    const before = await model.mean({ kind: 'left' });
    await expect(model.selfTest()).rejects.toThrow(/expected files that carry an example, got none/);
    await model.close();
    const training = await trainer(folder);
    const batch = { kind: ['left', 'right'], y: [Array(8).fill(0.9), Array(8).fill(0.1)] };
    for (let i = 0; i < 5; i++) await training.step(batch);
    const weights = await training.weights();
    await training.close();
    const tunedModel = await open(folder, { weights });
    const after = await tunedModel.mean({ kind: 'left' });
    await tunedModel.close();
    expect(after.data).not.toEqual(before.data);
    const { decoder } = (await readManifest(folder)).files;
    if (!decoder) throw new Error('no decoder');
    const bytes = Buffer.from(putWeights(readFileSync(join(folder, 'decoder.onnx')), decoder, weights));
    const [name, { offset }] = Object.entries(decoder.parameters ?? {})[0] ?? missing('parameters');
    expect(bytes.readFloatLE(offset)).toBe(weights.get(name)?.data[0]);
  });
});

describe('an export by an earlier version, which always wrote a sampler', () => {
  it('is inspected, verified and used as it is', async () => {
    const folder = fileURLToPath(new URL('old', import.meta.url));
    const verified = await cli('verify', folder);
    expect(verified).toMatchObject({ code: 0, out: expect.stringMatching(/^sampler\.onnx +y /m) });
    const { files } = JSON.parse((await cli('inspect', folder, '--json')).out);
    expect(files.map(({ name }: { name: string }) => name)).toEqual(['decoder.onnx', 'prior.onnx', 'sampler.onnx']);
    const model = await open(folder);
    expect((await model.sample({ kind: 'left' }, { count: 2, seed: 1 })).shape).toEqual([2, 8]);
    await model.close();
  });
});

describe('an expression of parameters', () => {
  const leaf: Derivation = { op: 'parameter', name: 'x', shape: [2, 3] };
  const x = { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) };
  const given = (how: Derivation) => {
    const { shape, data } = derive(how, (of) =>
      of.op === 'constant' ? { shape: of.shape, data: Float64Array.from(of.values) } : x,
    );
    return [shape, [...data]];
  };
  const row: Derivation = { op: 'constant', values: [10, 20, 30], shape: [3] };

  it.each<[string, Derivation, readonly number[], readonly number[]]>([
    ['transpose', { op: 'transpose', of: leaf, perm: [1, 0] }, [3, 2], [1, 4, 2, 5, 3, 6]],
    ['reshape', { op: 'reshape', of: leaf, shape: [6] }, [6], [1, 2, 3, 4, 5, 6]],
    ['gather', { op: 'gather', of: leaf, axis: 1, places: rolled([2, 0]) }, [2, 2], [3, 1, 6, 4]],
    [
      'gather rows',
      { op: 'gather', of: leaf, axis: 0, places: rolled([1, 1, 0]) },
      [3, 3],
      [4, 5, 6, 4, 5, 6, 1, 2, 3],
    ],
    ['sum', { op: 'sum', of: leaf, axes: [0] }, [3], [5, 7, 9]],
    ['sum rows', { op: 'sum', of: leaf, axes: [1] }, [2], [6, 15]],
    ['add', { op: 'add', of: leaf, by: row }, [2, 3], [11, 22, 33, 14, 25, 36]],
    ['sub', { op: 'sub', of: row, by: leaf }, [2, 3], [9, 18, 27, 6, 15, 24]],
    ['div', { op: 'div', of: leaf, by: { op: 'constant', values: [2], shape: [1] } }, [2, 3], [0.5, 1, 1.5, 2, 2.5, 3]],
    ['neg', { op: 'neg', of: leaf }, [2, 3], [-1, -2, -3, -4, -5, -6]],
    ['relu', { op: 'relu', of: { op: 'sub', of: leaf, by: row } }, [2, 3], [0, 0, 0, 0, 0, 0]],
    [
      'round',
      { op: 'round', of: { op: 'div', of: leaf, by: row } },
      [2, 3],
      [0.1, 0.1, 0.1, 0.4, 0.25, 0.2].map(Math.fround),
    ],
  ])('%s', (_, how, shape, data) => expect(given(how)).toEqual([shape, data]));

  it('has lists of places as loops, which are the same lists', () => {
    const places = Array.from({ length: 7 * 7 * 64 }, (_, i) => (i % 49) * 64 + Math.floor(i / 49));
    expect(rolled(places)).toEqual([{ start: 0, lengths: [64, 49], steps: [1, 64] }]);
    for (const list of [places, [], [5], [0, 0, 0], [3, 1, 4, 1, 5, 9, 2, 6], [...places, 1, 2, 3, 7]])
      expect([...unrolled(rolled(list))]).toEqual(list);
  });
});
