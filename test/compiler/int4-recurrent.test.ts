import { describe, expect, it } from 'vitest';
import { calibrate, NEAREST, type RunAll } from '../../src/export/storage/calibrate.ts';
import { packed } from '../../src/export/storage/int4.ts';
import { entriesOf, matrixOf } from '../../src/export/storage/matrix.ts';
import { roundedTo4 } from '../../src/export/storage/rounding.ts';
import { evaluate } from '../../src/onnx/evaluate.ts';
import type { OnnxGraph, OnnxNode, OnnxTensor } from '../../src/onnx/graph.ts';
import { OPSET } from '../../src/onnx/schema.ts';
import { numbersOf, tensorOf } from '../../src/onnx/tensor.ts';
import { normals, stream } from '../../src/random.ts';
import { size } from '../../src/shape/size.ts';
import { close } from '../onnx/close.ts';
import { modelOf, runOrt } from '../onnx/ort.ts';
import { compiled } from '../wasm/run.ts';

const [T, N, FED, UNITS] = [5, 3, 70, 64];
const GATES = { GRU: 3, LSTM: 4 } as const;
const KERNELS = ['a/kernel', 'a/recurrent'] as const;

const random = (label: string, shape: readonly number[], scale: number): OnnxTensor =>
  tensorOf(
    'float32',
    shape,
    normals(stream(1, label), 1, size(shape)).map((value) => value * scale),
  );

/** A recurrent network with a kernel of what is fed in, and one of what is fed back; y is all its states. */
const graphOf = (op: keyof typeof GATES, directions: 1 | 2): OnnxGraph => {
  const units = GATES[op] * UNITS;
  return {
    name: 'recurrent',
    inputs: [{ name: 'x', dtype: 'float32', shape: [T, 'N', FED] }],
    outputs: [{ name: 'y', dtype: 'float32', shape: [T, directions, 'N', UNITS] }],
    nodes: [
      {
        name: 'layer',
        op,
        inputs: ['x', ...KERNELS],
        outputs: ['y'],
        attributes: { hidden_size: UNITS, ...(directions === 2 && { direction: 'bidirectional' }) },
      },
    ],
    initializers: new Map([
      [KERNELS[0], random('kernel', [directions, units, FED], 0.1)],
      [KERNELS[1], random('recurrent', [directions, units, UNITS], 0.1)],
    ]),
  };
};

/** Inputs that are made of few numbers, as a network's often are. */
const inputs = (): OnnxTensor => {
  const [few, mix] = [normals(stream(1, 'few'), T * N, 8), normals(stream(1, 'mix'), 8, FED)];
  const x = Float32Array.from({ length: T * N * FED }, (_, i) => {
    const [row, column] = [Math.floor(i / FED), i % FED];
    return (
      few.subarray(row * 8, row * 8 + 8).reduce((sum, value, j) => sum + value * (mix[j * FED + column] ?? 0), 0) / 3
    );
  });
  return tensorOf('float32', [T, N, FED], x);
};

const nodeOf = ({ nodes }: OnnxGraph): OnnxNode => {
  const node = nodes.at(-1);
  if (!node) throw new Error('a node');
  return node;
};

/** The graph with its kernels as float32 numbers that four bits and the scale of their block hold, by the rounding itself. */
const rounded = (graph: OnnxGraph): OnnxGraph => {
  const kernels = KERNELS.map((name, i) => {
    const kernel = graph.initializers.get(name);
    const matrix = kernel && matrixOf(nodeOf(graph), i + 1, kernel);
    if (!kernel || !matrix) throw new Error(`${name} is no matrix`);
    const { codes, scales, block } = roundedTo4(entriesOf(matrix, kernel), matrix, undefined);
    const { k, n } = matrix;
    // Outputs come first: element [unit, input].
    const data = Float32Array.from({ length: k * n }, (_, at) => {
      const [column, row] = [Math.floor(at / k), at % k];
      return (codes[row * n + column] ?? NaN) * (scales[Math.floor(row / block) * n + column] ?? NaN);
    });
    return [name, tensorOf('float32', kernel.shape, data)] as const;
  });
  return { ...graph, initializers: new Map(kernels) };
};

const kinds = (['GRU', 'LSTM'] as const).flatMap((op) =>
  ([1, 2] as const).map((directions) => [op, directions] as const),
);

describe.each(kinds)('a %s of %d directions in four bits', (op, directions) => {
  const graph = graphOf(op, directions);
  const x = inputs();
  const small = packed(graph, NEAREST);

  it('has both kernels in bytes, two numbers each, and computes with what they were rounded to', () => {
    const names = [...small.initializers.keys()];
    expect(names.filter((name) => name.endsWith('/int4'))).toEqual(KERNELS.map((name) => `${name}/int4`));
    const bytes = [...small.initializers.values()].reduce(
      (sum, { dtype, shape }) =>
        sum + size(shape) * (dtype === 'float32' || dtype === 'int64' ? 4 : dtype === 'float16' ? 2 : 1),
      0,
    );
    const whole = [...graph.initializers.values()].reduce((sum, { shape }) => sum + 4 * size(shape), 0);
    expect(bytes / whole).toBeLessThan(0.17);
    const { y: expected } = evaluate(rounded(graph), { x });
    const { y: found } = evaluate(small, { x });
    if (!expected || !found) throw new Error('y');
    expect(close(expected, { dims: found.shape, data: [...numbersOf(found)] })).toBeUndefined();
  });

  it('gives the same numbers in onnxruntime and, in one direction of a batch, as WebAssembly', async () => {
    const { y: expected } = evaluate(small, { x });
    const { y: found } = await runOrt(modelOf(small), { x });
    expect(close(expected, found)).toBeUndefined();
    const { y: inModule } = (await compiled(small))({ x }, N);
    expect(close(expected, inModule && { ...inModule, dims: [T, directions, N, UNITS] })).toBeUndefined();
  });

  it('is closer to the original with error feedback from its inputs, its own states included', async () => {
    const run: RunAll = async (watched, each) => {
      const found = Object.entries(evaluate(watched, { x }));
      each(
        Object.fromEntries(
          found.map(([name, one]) => [name, { data: Float32Array.from(numbersOf(one)), shape: one.shape }]),
        ),
      );
    };
    const whole = numbersOf(evaluate(graph, { x })['y'] ?? x);
    const errorOf = (one: OnnxGraph): number => {
      const found = numbersOf(evaluate(one, { x })['y'] ?? x);
      return Math.sqrt(whole.reduce((sum, value, i) => sum + (value - (found[i] ?? NaN)) ** 2, 0) / whole.length);
    };
    const fed = errorOf(packed(graph, await calibrate(graph, OPSET, run)));
    expect(fed).toBeGreaterThan(0);
    expect(fed).toBeLessThan(0.6 * errorOf(small));
  });
});
