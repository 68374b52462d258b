import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { describe, expect, test } from 'vitest';
import { categorical, concat, cvae, dense, gaussian, normal, print, relu, type Model } from '../../src/index.ts';
import { compile, type Compiled } from '../../src/export/compile.ts';
import { tensors } from '../../src/export/first-difference.ts';
import { realisticInputs } from '../../src/export/realistic-inputs.ts';
import { check } from '../../src/onnx/check.ts';
import { decode } from '../../src/onnx/decode.ts';
import type { OnnxModel } from '../../src/onnx/graph.ts';
import { print as printOnnx } from '../../src/onnx/print.ts';
import { isOperator } from '../../src/onnx/schema.ts';
import { LABEL_KEY, PARTS, type Label, type Part } from '../../src/signature.ts';
import { fingerprint } from '../../src/weights/fingerprint.ts';
import { runOrt } from '../onnx/ort.ts';
import { MODELS } from './models.ts';
import { apart, difference, takenBy } from './numbers.ts';
import { trainedWeights } from './weights.ts';
import { chosen } from '../support/chosen.ts';

/** Each model as it is compiled, once for all tests. */
const compiled = new Map<string, Compiled>();
const compiledOf = (name: keyof typeof MODELS): Compiled => {
  const model = modelOf(name);
  const found = compiled.get(name) ?? compile(model, trainedWeights(model), whole(model));
  compiled.set(name, found);
  return found;
};

/** All files that a model can be compiled to, but for its evaluation. */
const whole = ({ latent }: Model) => ({ recognition: true, sampler: latent > 0 });

const modelOf = (name: string): Model => MODELS[name] ?? missing(name);

const missing = (what: string): never => {
  throw new Error(`there is no ${what}`);
};

/** The parts that a model is compiled to. */
const partsOf = (name: string): readonly Part[] => PARTS.filter((part) => compiledOf(name).files[part]);

const fileOf = (name: string, part: Part) => compiledOf(name).files[part] ?? missing(part);

/** A model's text without the numbers of its weights. */
const textOf = (model: OnnxModel): string => printOnnx(model, { most: 0 });

describe.each(chosen('models that are compiled', Object.keys(MODELS), 3))('%s', (name) => {
  const model = modelOf(name);

  test('gives the same numbers in onnxruntime as in the reference, before the passes and after', async () => {
    const plain = compile(model, trainedWeights(model), { ...whole(model), optimise: false });
    for (const part of partsOf(name)) {
      const before = plain.files[part]?.model ?? missing(part);
      const { model: after, bytes } = fileOf(name, part);
      const feeds = tensors(realisticInputs(plain.manifest, plain.manifest.files[part] ?? missing(part), 3));
      expect(difference(after.graph, before.graph, feeds), `${part}: the passes`).toBeLessThan(1e-5);
      for (const file of [before, decode(bytes)]) {
        check(file);
        const outputs = await runOrt(file, takenBy(file.graph, feeds));
        const found = Object.entries(outputs).map(([key, { dims, data }]) => [key, { shape: dims, data }] as const);
        expect(apart(Object.fromEntries(found), before.graph, feeds), `${part}: onnxruntime`).toBeLessThan(1e-5);
      }
    }
  });

  test('has inputs and outputs in float32 with one batch axis', () => {
    for (const part of partsOf(name)) {
      const { graph } = fileOf(name, part).model;
      for (const { dtype, shape } of [...graph.inputs, ...graph.outputs]) {
        expect(dtype).toBe('float32');
        expect(shape[0]).toBe('N');
        expect(shape.slice(1).every(Number.isInteger)).toBe(true);
      }
    }
  });

  test('gives the same bytes twice, with no random operator, path or time in them', () => {
    const again = compile(model, trainedWeights(model), whole(model));
    expect(again.manifest).toEqual(compiledOf(name).manifest);
    for (const part of partsOf(name)) {
      const { bytes, model: file } = fileOf(name, part);
      expect(Buffer.compare(bytes, again.files[part]?.bytes ?? Buffer.alloc(0))).toBe(0);
      for (const { op } of file.graph.nodes) {
        expect(isOperator(op)).toBe(true);
        expect(op).not.toMatch(/Random|Bernoulli|Multinomial|Dropout/);
      }
      for (const word of [process.cwd(), homedir(), '.ts']) expect(textOf(file).includes(word), word).toBe(false);
      expect(/\d{4}-\d\d-\d\d|\d\d:\d\d/.test(textOf(file))).toBe(false);
    }
  });

  test('says in each file what the manifest says of it', () => {
    const { files, ...signature } = compiledOf(name).manifest;
    expect(signature.fingerprint).toBe(fingerprint(print(model)));
    for (const part of partsOf(name)) {
      const label: Label = JSON.parse(decode(fileOf(name, part).bytes).metadata[LABEL_KEY] ?? '');
      const { inputs, outputs, unused } = files[part] ?? missing(part);
      expect(label).toEqual({ ...signature, part, inputs, outputs, unused });
    }
  });
});

/** The operators of each file, in order. */
const operatorsOf = (name: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    partsOf(name).map((part) => [
      part,
      fileOf(name, part)
        .model.graph.nodes.map(({ op }) => op)
        .join(' '),
    ]),
  );

describe('what is left of', () => {
  test('the digits is what they were before the passes', () => {
    expect(operatorsOf('digits')).toEqual({
      decoder: 'Concat Gemm Relu Gemm Sigmoid',
      sampler: 'Concat Gemm Relu Gemm Sigmoid',
      recognition: 'Concat Gemm Relu Gemm Gemm',
    });
  });

  test('the completion holds no transpose, and a reshape only where an image comes or goes', () => {
    const shrunk = 'Conv Relu Conv Relu Reshape Gemm Relu';
    const grown = 'Gemm Relu Reshape ConvTranspose Relu ConvTranspose';
    const baseline = `Reshape ${shrunk} ${grown}`;
    const prior = `Sigmoid Concat ${shrunk} Gemm Gemm`;
    const decoder = `Reshape Concat Gemm Relu ${grown} Add Sigmoid Reshape`;
    expect(operatorsOf('completion')).toEqual({
      baseline: `${baseline} Sigmoid Reshape`,
      prior: `${baseline} ${prior}`,
      decoder: `${baseline} ${decoder}`,
      // The scale of the noise is part of the log-variance's weights.
      sampler: `${baseline} ${prior} Exp Mul Add ${decoder}`,
      recognition: `Reshape Reshape Concat ${shrunk} Gemm Gemm`,
    });
  });

  test('a model of many kinds of layers holds no normalisation of batches, and transposes pictures only', () => {
    const features = 'Transpose Conv Sigmoid Mul MaxPool';
    const operators = operatorsOf('pictures');
    expect(operators['recognition']).toBe('Concat Transpose Conv Elu AveragePool Reshape Concat Gemm Relu Gemm Gemm');
    const softplus = 'Abs Neg Exp Add Sub Sub Div Relu Log Add Add';
    expect(operators['decoder']).toBe(
      `Concat Gemm Reshape LeakyRelu ConvTranspose ${softplus} ${features} Concat Resize Conv Reshape`,
    );
  });

  test('a graph has the name that the definition gives it', () => {
    const { graph } = fileOf('completion', 'decoder').model;
    const names = [...graph.initializers.keys()].filter((name) => !name.startsWith('constant/'));
    const weights = trainedWeights(modelOf('completion'));
    expect(names.filter((name) => !weights.has(name))).toEqual([]);
    expect(names).toHaveLength(20);
    expect(graph.nodes.map(({ name }) => name)).toContain('decoder/dense_2/Gemm');
    // Some engines name outputs after the nodes that give them.
    expect(graph.nodes.at(-1)).toMatchObject({ name: 'y', outputs: ['y'] });
  });
});

describe('numbers are stored once', () => {
  /** The initializers of a model's files that are in more than one of them, by what they hold; small ones are constants. */
  const twice = (files: Compiled['files']): readonly string[] => {
    const seen = new Map<string, Set<string>>();
    for (const { model } of Object.values(files))
      for (const [name, { shape, data }] of model.graph.initializers) {
        if (data.length < 16) continue;
        const numbers = createHash('sha256').update(`${shape}`).update(data).digest('hex');
        seen.set(numbers, (seen.get(numbers) ?? new Set()).add(`${model.graph.name} ${name}`));
      }
    return [...seen.values()].flatMap((places) => (places.size > 1 ? [...places] : []));
  };

  // A network that prior and decoder both call is in both files, as each is complete by itself.
  const shares = [
    ['digits', undefined],
    ['table', undefined],
    ['pictures', 'features'],
    ['completion', 'baseline'],
  ] as const;
  test.each(chosen('numbers stored once', shares, 2))(
    '%s: in no two files, but for what is shared: %s',
    (name, shared) => {
      const model = modelOf(name);
      const weights = trainedWeights(model);
      const places = twice(compile(model, weights).files);
      expect(places.length > 0).toBe(shared !== undefined);
      expect(places.filter((place) => !place.includes(` ${shared}/`))).toEqual([]);
      const all = twice(compile(model, weights, { sampler: true }).files);
      expect(all).toContain('sampler decoder/dense_1/kernel');
    },
  );
});

describe('a signature', () => {
  test('lists inputs without effect, which the file does not take', () => {
    const partial = cvae({
      condition: { kind: categorical(3), other: categorical(2) },
      target: normal(4),
      latent: 2,
      prior: ({ kind }) => kind.pipe(dense(4), relu, gaussian(2)),
      recognition: ({ y, other }) => concat(y, other).pipe(dense(4), gaussian(2)),
      decoder: ({ z }) => z.pipe(dense(4)),
    });
    const { manifest: found } = compile(partial, trainedWeights(partial), { sampler: true });
    expect(found.files.sampler).toMatchObject({ inputs: { noise: [2], kind: [3] }, unused: ['other'] });
    expect(found.files.prior).toMatchObject({ inputs: { kind: [3] }, unused: ['other'] });
    expect(found.files.decoder).toMatchObject({ inputs: { z: [2] }, unused: ['kind', 'other'] });
  });

  test('gives a variance that is the same for all examples to each of them', async () => {
    const { model: file } = fileOf('constantVariance', 'decoder');
    const feeds = tensors(
      realisticInputs(
        compiledOf('constantVariance').manifest,
        { inputs: { z: [2], size: [2] }, outputs: {}, unused: [] },
        3,
      ),
    );
    const { logVar } = await runOrt(file, feeds);
    expect(logVar?.dims).toEqual([3, 4]);
    expect(logVar?.data.slice(0, 4)).toEqual(logVar?.data.slice(8));
  });

  test('holds how data were standardised, and sigma in their units', () => {
    const model = modelOf('pictures');
    const weights = new Map(trainedWeights(model));
    weights.set('scaling/y/mean', { shape: [8, 8, 1], data: new Float32Array(64).fill(3) });
    weights.set('scaling/y/deviation', { shape: [8, 8, 1], data: new Float32Array(64).fill(2) });
    weights.set('scaling/size/mean', { shape: [2], data: Float32Array.of(0, 0) });
    weights.set('scaling/size/deviation', { shape: [2], data: Float32Array.of(1, 1) });
    const { manifest, files } = compile(model, weights);
    expect(manifest.target.sigma).toBe(2);
    expect(manifest.target.scaling?.mean).toHaveLength(64);
    // What is not scaled is not said to be, and costs nothing.
    expect(manifest.conditions['size']?.scaling).toBeUndefined();
    expect(files.prior?.model.graph.nodes.map(({ op }) => op)).not.toContain('Div');
  });
});

describe('options', () => {
  const model = modelOf('digits');
  const weights = trainedWeights(model);

  test('leave recognition network and sampler out unless they are asked for', () => {
    expect(Object.keys(compile(model, weights).files)).toEqual(['decoder']);
    expect(Object.keys(compile(model, weights, { sampler: true }).files)).toEqual(['decoder', 'sampler']);
    expect(Object.keys(compile(model, weights, { recognition: true }).files)).toEqual(['decoder', 'recognition']);
  });

  test('that add files change no other, nor what is stated of it', () => {
    const completion = modelOf('completion');
    const [plain, more] = [false, true].map((sampler) => compile(completion, trainedWeights(completion), { sampler }));
    if (!plain || !more) throw new Error('not compiled');
    for (const [part, { bytes }] of Object.entries(plain.files))
      expect(
        Buffer.compare(bytes, Object.entries(more.files).find(([name]) => name === part)?.[1].bytes ?? Buffer.alloc(0)),
        part,
      ).toBe(0);
    const { sampler: added, ...rest } = more.manifest.files;
    expect(added?.file).toBe('sampler.onnx');
    expect(plain.manifest).toEqual({ ...more.manifest, files: rest });
  });

  test('refuse a sampler of a model whose one file is one', () => {
    const guess = modelOf('guess');
    expect(() => compile(guess, trainedWeights(guess), { sampler: true })).toThrow(
      'sampler: expected a model with a latent, got a predictor, whose predictor.onnx is one call already; leave it out',
    );
  });

  test.each([15, 18, 20, 21])('write opset %i', async (opset) => {
    const { files, manifest } = compile(model, weights, { opset });
    expect(manifest.opset).toBe(opset);
    const file = files.decoder?.model ?? missing('decoder');
    const feeds = tensors(realisticInputs(manifest, manifest.files.decoder ?? missing('decoder'), 2));
    const { y } = await runOrt(file, feeds);
    expect(y?.dims).toEqual([2, 784]);
  });

  test.each([12, 27, 18.5])('refuse opset %s', (opset) => {
    expect(() => compile(model, weights, { opset })).toThrow(/expected an opset from 13 to 26, got/);
  });

  test('refuse weights of another model, and say how they differ', () => {
    const wrong = new Map(weights);
    wrong.delete('decoder/dense_1/kernel');
    wrong.set('decoder/dense_3/bias', { shape: [3], data: new Float32Array(3) });
    expect(() => compile(model, wrong)).toThrow(
      /decoder\/dense_1\/kernel is missing, decoder\/dense_3\/bias is not a parameter of this model/,
    );
  });
});
