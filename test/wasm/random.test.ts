import { describe, expect, it } from 'vitest';
import { evaluate } from '../../src/onnx/evaluate.ts';
import type { AttributeValue, Dim, OnnxGraph, OnnxTensor } from '../../src/onnx/graph.ts';
import { infer } from '../../src/onnx/infer.ts';
import { OPSET } from '../../src/onnx/schema.ts';
import { tensorOf } from '../../src/onnx/tensor.ts';
import { close } from '../onnx/close.ts';
import { noise } from '../onnx/ort.ts';
import { compiled } from './run.ts';
import { chosen } from '../support/chosen.ts';

/** A node with random lengths: the input of a batch, and constants. */
interface Drawn {
  readonly op: string;
  readonly row: readonly number[];
  readonly constants: readonly OnnxTensor[];
  readonly attributes: Readonly<Record<string, AttributeValue>>;
}

type Whole = (from: number, to: number) => number;

/** Whole numbers from a seed. */
const drawing = (seed: number): Whole => {
  let state = seed;
  return (from, to) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return from + (Math.floor(state / 65536) % (to - from + 1));
  };
};

const ints = (...values: readonly number[]): OnnxTensor => tensorOf('int64', [values.length], values);

const window = (whole: Whole, rank: number, most: number) => {
  const kernel = Array.from({ length: rank }, () => whole(1, most));
  const pads = kernel.map((size) => whole(0, size - 1));
  const after = kernel.map((size) => whole(0, size - 1));
  return { kernel, strides: kernel.map(() => whole(1, 3)), pads: [...pads, ...after] };
};

const conv = (whole: Whole): Drawn => {
  const rank = whole(1, 3);
  const { kernel, strides, pads } = window(whole, rank, 3);
  const groups = whole(1, 2);
  const [channels, features] = [groups * whole(1, 5), groups * whole(1, 7)];
  const row = [channels, ...kernel.map((size) => size + whole(3, rank === 3 ? 4 : 14))];
  return {
    op: 'Conv',
    row,
    constants: [noise([features, channels / groups, ...kernel], 2), noise([features], 3)],
    attributes: { strides, pads, group: groups },
  };
};

const convTranspose = (whole: Whole): Drawn => {
  const rank = whole(1, 2);
  const { kernel, strides, pads } = window(whole, rank, 4);
  const groups = whole(1, 2);
  const [channels, features] = [groups * whole(1, 5), whole(1, 5)];
  return {
    op: 'ConvTranspose',
    row: [channels, ...kernel.map(() => whole(4, 11))],
    constants: [noise([channels, features, ...kernel], 2), noise([groups * features], 3)],
    attributes: { strides, pads, group: groups, output_padding: strides.map((stride) => whole(0, stride - 1)) },
  };
};

const pool =
  (op: string) =>
  (whole: Whole): Drawn => {
    const { kernel, strides, pads } = window(whole, 2, 3);
    return {
      op,
      row: [whole(1, 5), ...kernel.map((size) => size + whole(2, 10))],
      constants: [],
      attributes: { kernel_shape: kernel, strides, pads },
    };
  };

const gemm = (whole: Whole): Drawn => {
  const [k, n, transB] = [whole(1, 40), whole(1, 40), whole(0, 1)];
  return {
    op: 'Gemm',
    row: [k],
    constants: [noise(transB ? [n, k] : [k, n], 2), noise(whole(0, 1) ? [n] : [1, n], 3)],
    attributes: { transB },
  };
};

const matMul = (whole: Whole): Drawn => {
  const [m, k, n, heads] = [whole(1, 9), whole(1, 9), whole(1, 19), whole(1, 3)];
  return { op: 'MatMul', row: [heads, m, k], constants: [noise([heads, k, n], 2)], attributes: {} };
};

const broadcast =
  (op: string) =>
  (whole: Whole): Drawn => {
    const row = Array.from({ length: whole(1, 3) }, () => whole(1, 7));
    const other = row.map((size) => (whole(0, 1) ? size : 1)).slice(whole(0, 1));
    return { op, row, constants: [noise(other, 2)], attributes: {} };
  };

const softmax = (whole: Whole): Drawn => {
  const row = Array.from({ length: whole(1, 3) }, () => whole(1, 9));
  return { op: 'Softmax', row, constants: [], attributes: { axis: whole(1, row.length) } };
};

const reduce =
  (op: string) =>
  (whole: Whole): Drawn => {
    const row = Array.from({ length: whole(1, 4) }, () => whole(1, 7));
    const axes = row.map((_, i) => i + 1).filter(() => whole(0, 1));
    return { op, row, constants: [ints(...(axes.length > 0 ? axes : [1]))], attributes: { keepdims: whole(0, 1) } };
  };

const transpose = (whole: Whole): Drawn => {
  const row = Array.from({ length: whole(1, 4) }, () => whole(1, 7));
  const perm = Array.from({ length: row.length + 1 }, (_, i) => i);
  for (let i = perm.length - 1; i > 0; i--) {
    const j = whole(0, i);
    [perm[i], perm[j]] = [perm[j] ?? 0, perm[i] ?? 0];
  }
  return { op: 'Transpose', row, constants: [], attributes: { perm } };
};

const layerNormalization = (whole: Whole): Drawn => {
  const row = [whole(1, 5), whole(1, 23)];
  const [, last = 1] = row;
  return { op: 'LayerNormalization', row, constants: [noise([last], 2), noise([last], 3)], attributes: {} };
};

const KINDS: Readonly<Record<string, (whole: Whole) => Drawn>> = {
  Conv: conv,
  ConvTranspose: convTranspose,
  MaxPool: pool('MaxPool'),
  AveragePool: pool('AveragePool'),
  Gemm: gemm,
  MatMul: matMul,
  Add: broadcast('Add'),
  Div: broadcast('Div'),
  Max: broadcast('Max'),
  Softmax: softmax,
  ReduceSum: reduce('ReduceSum'),
  ReduceMean: reduce('ReduceMean'),
  ReduceMax: reduce('ReduceMax'),
  Transpose: transpose,
  LayerNormalization: layerNormalization,
};

/** A graph of one node, of a batch of N, whose outputs are as inference says. */
const graphOf = ({ op, row, constants, attributes }: Drawn): OnnxGraph => {
  const names = constants.map((_, i) => `c${i}`);
  const shape: readonly Dim[] = ['N', ...row];
  const graph: OnnxGraph = {
    name: op,
    inputs: [{ name: 'x', dtype: 'float32', shape }],
    outputs: [{ name: 'y', dtype: 'float32', shape: [] }],
    nodes: [{ name: op, op, inputs: ['x', ...names], outputs: ['y'], attributes }],
    initializers: new Map(constants.map((constant, i) => [names[i] ?? '', constant])),
  };
  const y = infer(graph, OPSET).get('y');
  return { ...graph, outputs: [{ name: 'y', dtype: 'float32', shape: y?.shape ?? [] }] };
};

/** Whether the reference takes it: a window may be longer than what padding leaves of an image. */
const attempt = <T>(make: () => T): T | undefined => {
  try {
    return make();
  } catch {
    return undefined;
  }
};

describe.each(chosen('kinds of random lengths', Object.entries(KINDS), 6))('%s of random lengths', (_, draw) => {
  it('computes what the reference does, for batches of 1 to 9 rows', async () => {
    let count = 0;
    for (let seed = 1; seed <= 60; seed++) {
      const whole = drawing(seed * 7919);
      const drawn = draw(whole);
      const graph = attempt(() => graphOf(drawn));
      if (!graph) continue;
      const run = await compiled(graph);
      for (const rows of [1, whole(2, 9)]) {
        const x = noise([rows, ...drawn.row], seed);
        const expected = attempt(() => evaluate(graph, { x }))?.['y'];
        if (!expected) continue;
        // Wherever the arrangement of numbers is wrong, so are many of them: the sums of these lengths agree to 1e-5.
        const wrong = close(expected, run({ x }, rows)['y'], 2e-5);
        expect(wrong && `seed ${seed}, ${rows} rows, ${JSON.stringify(drawn.row)}: ${wrong}`).toBeUndefined();
        count++;
      }
    }
    expect(count).toBeGreaterThan(60);
  });
});
