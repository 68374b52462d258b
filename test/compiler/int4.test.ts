import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { continuous, cvae, dense, gaussian, normal, predictor, relu } from 'cvae-compile';
import { compile, exportModel, type ExportOptions } from 'cvae-compile/compiler';
import { open } from 'cvae-compile/runtime';
import { parseManifest } from '../../src/formats/manifest.ts';
import { exportedGraphs } from '../../src/export/parts.ts';
import { usersEngine } from '../../src/export/verification.ts';
import { calibrate, NEAREST } from '../../src/export/storage/calibrate.ts';
import { gate, limitOf } from '../../src/export/storage/gate.ts';
import { packed } from '../../src/export/storage/int4.ts';
import { eachRow, entriesOf, matrixOf, type Matrix } from '../../src/export/storage/matrix.ts';
import { blockOf, roundedTo4 } from '../../src/export/storage/rounding.ts';
import { toDataset } from '../../src/data/convert.ts';
import { decode } from '../../src/onnx/decode.ts';
import { evaluate } from '../../src/onnx/evaluate.ts';
import type { OnnxGraph, OnnxNode, OnnxTensor } from '../../src/onnx/graph.ts';
import { OPSET } from '../../src/onnx/schema.ts';
import { numbersOf, tensorOf } from '../../src/onnx/tensor.ts';
import { normals, stream } from '../../src/random.ts';
import { size } from '../../src/shape/size.ts';
import { variablesOf } from '../../src/train/parameters.ts';
import { trainedWeights } from './weights.ts';

const folder = mkdtempSync(join(tmpdir(), 'int4-'));
afterAll(() => rmSync(folder, { recursive: true }));

const random = (label: string, shape: readonly number[]): OnnxTensor =>
  tensorOf('float32', shape, normals(stream(1, label), 1, size(shape)));

/** A graph of one node, x and its kernel → y. */
const graphOf = (
  op: string,
  x: readonly (number | string)[],
  kernel: OnnxTensor,
  attributes: OnnxNode['attributes'] = {},
  bias?: OnnxTensor,
): OnnxGraph => ({
  name: 'small',
  inputs: [{ name: 'x', dtype: 'float32', shape: x }],
  outputs: [{ name: 'y', dtype: 'float32', shape: x.map(() => '?') }],
  nodes: [{ name: 'layer', op, inputs: ['x', 'a/kernel', ...(bias ? ['a/bias'] : [])], outputs: ['y'], attributes }],
  initializers: new Map([['a/kernel', kernel], ...(bias ? [['a/bias', bias] as const] : [])]),
});

const matrixIn = (graph: OnnxGraph): Matrix => {
  const [node] = graph.nodes;
  const kernel = graph.initializers.get('a/kernel');
  const matrix = node && kernel && matrixOf(node, 1, kernel);
  if (!matrix) throw new Error('no matrix');
  return matrix;
};

describe('a kernel in four bits', () => {
  // Lengths that blocks divide and do not divide, an odd number of numbers, and outputs first.
  it.each([
    ['MatMul', [3, 200], [200, 33], {}],
    ['MatMul', [3, 67], [67, 65], {}],
    ['MatMul', [3, 75], [75, 57], {}],
    ['Gemm', [3, 794], [794, 9], {}],
    ['Gemm', [3, 130], [33, 130], { transB: 1 }],
    ['Conv', [2, 16, 5, 6], [32, 16, 3, 3], { strides: [2, 1], pads: [1, 0, 0, 1] }],
    ['ConvTranspose', [2, 64, 4, 4], [64, 8, 3, 3], { strides: [2, 2] }],
  ] as const)('%s %j · %j is unpacked as it was packed', (op, x, shape, attributes) => {
    const kernel = random('kernel', shape);
    const graph = graphOf(op, x, kernel, attributes);
    const matrix = matrixIn(graph);
    const { codes, scales, block } = roundedTo4(entriesOf(matrix, kernel), matrix, undefined);
    expect(Math.min(...codes)).toBeGreaterThanOrEqual(-8);
    expect(Math.max(...codes)).toBeLessThanOrEqual(7);
    const small = packed(graph, NEAREST);
    expect(small.initializers.get('a/kernel')).toBeUndefined();
    const { 'a/kernel': unpacked } = evaluate(
      {
        ...small,
        inputs: [],
        outputs: [{ name: 'a/kernel', dtype: 'float32', shape: [...shape] }],
        nodes: small.nodes.slice(0, -1),
      },
      {},
    );
    const { n } = matrix;
    const found = unpacked ? entriesOf(matrix, unpacked) : new Float64Array();
    expect(found).toHaveLength(codes.length);
    found.forEach((value, i) =>
      expect(value).toBeCloseTo((codes[i] ?? NaN) * (scales[Math.floor(i / n / block) * n + (i % n)] ?? NaN), 6),
    );
    // Half a step at most, but for what is cut off at the ends.
    const apart = entriesOf(matrix, kernel).map((value, i) => value - (found[i] ?? NaN));
    expect(Math.sqrt(apart.reduce((sum, value) => sum + value * value, 0) / apart.length)).toBeLessThan(0.15);
  });
});

describe('error feedback', () => {
  /** Inputs of 80 numbers, made of 12. */
  const rows = 400;
  const inputs = (): Float32Array => {
    const [few, mix] = [normals(stream(1, 'few'), rows, 12), normals(stream(1, 'mix'), 12, 80)];
    const x = new Float32Array(rows * 80);
    for (let row = 0; row < rows; row++)
      for (let k = 0; k < 80; k++)
        for (let j = 0; j < 12; j++)
          x[row * 80 + k] = (x[row * 80 + k] ?? 0) + (few[row * 12 + j] ?? 0) * (mix[j * 80 + k] ?? 0) + 0.1;
    return x;
  };
  const errorOf = (graph: OnnxGraph, small: OnnxGraph, x: OnnxTensor): number => {
    const of = (one: OnnxGraph): Float64Array => numbersOf(evaluate(one, { x })['y'] ?? x);
    const b = of(small);
    return Math.sqrt(of(graph).reduce((sum, value, i) => sum + (value - (b[i] ?? NaN)) ** 2, 0) / b.length);
  };

  it('keeps the products with its inputs as they were, as far as it can, and the bias absorbs the mean of what is left', async () => {
    const x = tensorOf('float32', [rows, 80], inputs());
    const graph = graphOf('Gemm', ['N', 80], random('kernel', [80, 60]), {}, random('bias', [60]));
    const run = async (
      watched: OnnxGraph,
      each: (outputs: Readonly<Record<string, { data: Float32Array; shape: readonly number[] }>>) => void,
    ): Promise<void> => {
      const found = evaluate(watched, { x });
      each(
        Object.fromEntries(
          Object.entries(found).map(([name, one]) => [
            name,
            { data: Float32Array.from(numbersOf(one)), shape: one.shape },
          ]),
        ),
      );
    };
    const known = await calibrate(graph, OPSET, run);
    const nearest = errorOf(graph, packed(graph, NEAREST), x);
    const fed = errorOf(graph, packed(graph, known), x);
    expect(fed).toBeLessThan(0.4 * nearest);
    // Without a bias of its own there is nothing to shift.
    const bare = graphOf('Gemm', ['N', 80], random('kernel', [80, 60]));
    const without = errorOf(bare, packed(bare, await calibrate(bare, OPSET, run)), x);
    expect(without).toBeLessThan(0.6 * nearest);
    expect(fed).toBeLessThan(without);
  });

  it.each([
    ['Conv', [2, 3, 5, 6], [4, 3, 3, 2], { strides: [2, 1], pads: [1, 0, 0, 1] }],
    ['Conv', [2, 3, 9], [4, 3, 3], { dilations: [2], pads: [1, 2] }],
    ['Gemm', [5, 7], [4, 7], { transB: 1 }],
  ] as const)('sees what a %s of %j by %j makes its outputs of', (op, shape, kernelShape, attributes) => {
    const [x, kernel] = [random('x', shape), random('kernel', kernelShape)];
    const graph = graphOf(op, shape, kernel, attributes);
    const matrix = matrixIn(graph);
    const [node] = graph.nodes;
    if (!node) throw new Error('a node');
    const entries = entriesOf(matrix, kernel);
    const products: number[][] = [];
    const given = { data: Float32Array.from(numbersOf(x)), shape: x.shape };
    eachRow(node, matrix, { kernel, x: given, group: 0, most: 1e6 }, (data, from) =>
      products.push(
        Array.from({ length: matrix.n }, (_, column) =>
          Array.from(
            { length: matrix.k },
            (__, row) => (data[from + row] ?? NaN) * (entries[row * matrix.n + column] ?? NaN),
          ).reduce((a, b) => a + b, 0),
        ),
      ),
    );
    const { y } = evaluate(graph, { x });
    const places = size(y?.shape.slice(2) ?? []);
    const all = numbersOf(y ?? x);
    expect(all).toHaveLength(products.length * matrix.n);
    products.forEach((product, i) =>
      product.forEach((value, column) => {
        const at = (Math.floor(i / places) * matrix.n + column) * places + (i % places);
        expect(all[at]).toBeCloseTo(value, 4);
      }),
    );
  });

  it('is of blocks that divide, where there are some', () => {
    expect([30, 64, 200, 784, 128, 794, 67].map(blockOf)).toEqual([30, 64, 25, 28, 32, 32, 32]);
  });
});

/** A model whose y follows from x, of 96 numbers that are made of 10; as good as it can be on its data. */
const model = predictor({
  condition: { x: continuous(96) },
  target: normal(96),
  network: ({ x }) => x.pipe(dense(128), relu, dense(96)),
});
const weights = trainedWeights(model);
const data = () => {
  const [few, mix] = [normals(stream(1, 'few'), 600, 10), normals(stream(1, 'mix'), 10, 96)];
  const x = Array.from({ length: 600 }, (_, row) =>
    Array.from({ length: 96 }, (__, k) =>
      Array.from({ length: 10 }, (___, j) => (few[row * 10 + j] ?? 0) * (mix[j * 96 + k] ?? 0)).reduce(
        (a, b) => a + b,
        0,
      ),
    ),
  );
  const graph = compile(model, weights).files.predictor?.model.graph;
  if (!graph) throw new Error('a predictor');
  const { y } = evaluate(graph, { x: tensorOf('float32', [600, 96], x.flat()) });
  const [mean, error] = [numbersOf(y ?? tensorOf('float32', [0], [])), normals(stream(1, 'error'), 600, 96)];
  const of = (row: number) =>
    Array.from({ length: 96 }, (_, k) => (mean[96 * row + k] ?? NaN) + (error[96 * row + k] ?? 0));
  const part = (from: number, to: number) => ({
    x: x.slice(from, to),
    y: x.slice(from, to).map((_, i) => of(from + i)),
  });
  return { train: part(0, 400), test: part(400, 600) };
};

describe('a model in int4', () => {
  const exported = (name: string, options: Omit<ExportOptions, 'out'>) =>
    exportModel(model, weights, { out: join(folder, name), examples: data, ...options });
  const bytes = (name: string): number => statSync(join(folder, name, 'predictor.onnx')).size;

  it('costs little with feedback, in fewer bytes than int8', async () => {
    const { manifest, largest } = await exported('four', { precision: 'int4' });
    expect(largest).toBeLessThan(1e-4);
    expect(manifest.precision).toMatchObject({
      weights: 'int4',
      cost: { unit: 'nats', examples: 200, part: 'test', left: [] },
    });
    expect(manifest.precision?.cost?.int8).toBeUndefined();
    expect(manifest.precision?.cost?.rise).toBeLessThan(0.3);
    await exported('eight', { precision: 'int8' });
    expect(bytes('four')).toBeLessThan(0.8 * bytes('eight'));
    const opened = await open(join(folder, 'four'));
    expect((await opened.selfTest()).passed).toBe(true);
    await opened.close();
    // The same model and data give the same bytes.
    await exported('again', { precision: 'int4' });
    expect(readFileSync(join(folder, 'again', 'predictor.onnx'))).toEqual(
      readFileSync(join(folder, 'four', 'predictor.onnx')),
    );
    // A reader that does not know of int4 says so; this one, of int3.
    const text = readFileSync(join(folder, 'four', 'model.json'), 'utf8').replace('"int4"', '"int3"');
    expect(() => parseManifest(text, 'model.json')).toThrow(/precision.weights.*int4.*int3/);
  });

  it('rounded to the nearest costs too much: the gate refuses that', async () => {
    const { dataset } = { dataset: await toDataset(data(), variablesOf(model)) };
    const options = {
      precision: 'int4',
      examples: dataset.test ?? dataset.train,
      part: 'test',
      files: exportedGraphs(model, weights, {}),
      opset: OPSET,
      engine: await usersEngine(),
      calibration: NEAREST,
    } as const;
    await expect(gate(model, weights, { ...options, keepFloat32: ['network/dense_1'] })).rejects.toThrow(
      /precision: expected int4 weights that cost at most 0\.\d+ nats, got \+\d\.?\d* nats on 200 examples \(test\); allow more by at most, or export int8/,
    );
    await expect(gate(model, weights, options)).rejects.toThrow(/even with 1 of 2 layers left in float32/);
    // With more allowed, the layer that costs more is int8.
    const { rise, int8, left } = await gate(model, weights, { ...options, atMost: 1.5 });
    expect([int8, left]).toEqual([['network/dense_1'], []]);
    expect(rise).toBeGreaterThan(0.5);
  });

  it('is refused beyond what is allowed, without data, and by compile', async () => {
    await expect(exported('none', { precision: 'int4', atMost: 0 })).rejects.toThrow(
      /precision: expected int4 weights that cost at most 0 nats, got \+.* even with 1 of 2 layers left in float32; allow more by at most, or export int8/,
    );
    await expect(exportModel(model, weights, { out: join(folder, 'x'), precision: 'int4' })).rejects.toThrow(
      'precision: expected data to measure the cost of int4 on, got none',
    );
    await expect(
      exported('none', { precision: 'int4', keepFloat32: ['network/dense_1', 'network/dense_2'] }),
    ).rejects.toThrow(
      'precision: expected a kernel that int4 makes smaller in predictor.onnx, got none that does not stay float32; export int8',
    );
    const small = predictor({
      condition: { x: continuous(8) },
      target: normal(2),
      network: ({ x }) => x.pipe(dense(8), relu, dense(2)),
    });
    const measured: string[] = [];
    const row = { x: [1, 2, 3, 4, 5, 6, 7, 8], y: [1, 2] };
    await expect(
      exportModel(small, trainedWeights(small), {
        out: join(folder, 'small'),
        precision: 'int4',
        measureOn: [row, row],
        onProgress: (file) => void measured.push(file),
      }),
    ).rejects.toThrow(
      'precision: expected a kernel that int4 makes smaller than int8, one of at least 4096 numbers, 64 for each output, got none; export int8',
    );
    expect(measured).toEqual([]);
    const options: object = { precision: 'int4' };
    expect(() => compile(model, weights, options)).toThrow(
      'compile: expected float32, float16 or int8 as precision, got "int4"; give one of them',
    );
    expect(limitOf(undefined, 20, 'int4')).toBe(0.3);
    expect(limitOf(undefined, 1000, 'int4')).toBe(3);
  });
});

describe('only layers of exported files', () => {
  /** Its recognition network has a kernel that is large enough for four bits; the parameter says whether the decoder has one too. */
  const modelOf = (width: number) =>
    cvae({
      condition: {},
      target: normal(96),
      latent: 4,
      recognition: ({ y }) => y.pipe(dense(64), relu, gaussian(4)),
      decoder: ({ z }) => z.pipe(dense(width), relu, dense(96)),
    });
  const exported = (name: string, width: number, options: Omit<ExportOptions, 'out' | 'precision'>) => {
    const own = modelOf(width);
    const y = data().train.y;
    return exportModel(own, trainedWeights(own), {
      out: join(folder, name),
      precision: 'int4',
      measureOn: { train: { y } },
      ...options,
    });
  };
  const dtypesIn = async (name: string, file: string): Promise<readonly string[]> => {
    const { graph } = decode(readFileSync(join(folder, name, file)));
    return [...graph.initializers.values()].map(({ dtype }) => dtype);
  };

  it('are judged: one of the recognition network, which is not exported, does not count', async () => {
    const none =
      'precision: expected a kernel that int4 makes smaller than int8, one of at least 4096 numbers, 64 for each output, got none; export int8';
    await expect(exported('narrow', 32, { atMost: 1e9 })).rejects.toThrow(none);
    // A limit that nothing meets is not met by what only the recognition network costs either.
    await expect(exported('never', 64, { atMost: 0 })).rejects.toThrow(/even with 1 of 2 layers left in float32/);
    const { manifest } = await exported('wide', 64, { atMost: 1e9 });
    expect(manifest.precision).toMatchObject({ weights: 'int4', cost: { left: [] } });
    expect(await dtypesIn('wide', 'decoder.onnx')).toContain('uint8');
  });

  it('are judged, the recognition network included where it is exported', async () => {
    const { manifest } = await exported('with', 32, { atMost: 1e9, recognition: true });
    expect(manifest.precision?.weights).toBe('int4');
    expect(await dtypesIn('with', 'recognition.onnx')).toContain('uint8');
    expect(await dtypesIn('with', 'decoder.onnx')).not.toContain('uint8');
  });
});
