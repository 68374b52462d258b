import { describe, expect, it } from 'vitest';
import { evaluate } from '../../src/onnx/evaluate.ts';
import type { OnnxGraph, OnnxTensor } from '../../src/onnx/graph.ts';
import { numbersOf, tensorOf } from '../../src/onnx/tensor.ts';
import { compiled } from './run.ts';

const graphOf = (op: string, count: number): OnnxGraph => ({
  name: op,
  inputs: [{ name: 'x', dtype: 'float32', shape: [count] }],
  outputs: [{ name: 'y', dtype: 'float32', shape: [count] }],
  nodes: [{ name: op, op, inputs: ['x'], outputs: ['y'], attributes: {} }],
  initializers: new Map(),
});

const COUNT = 4001;

/** Numbers from a to b, evenly, as float32. */
const evenly = (a: number, b: number): OnnxTensor =>
  tensorOf(
    'float32',
    [COUNT],
    Array.from({ length: COUNT }, (_, i) => a + ((b - a) * i) / (COUNT - 1)),
  );

/** Powers of two with a fraction, from the smallest normal number on. */
const widely = (low: number, high: number): OnnxTensor =>
  tensorOf(
    'float32',
    [COUNT],
    Array.from({ length: COUNT }, (_, i) => 2 ** (low + ((high - low) * i) / (COUNT - 1))),
  );

/** The largest relative error, of results that float32 holds with all its digits. */
const relative = (found: readonly number[], expected: ArrayLike<number>): number =>
  found.reduce((largest, value, i) => {
    const right = expected[i] ?? NaN;
    if (Math.abs(right) < 2 ** -126) return largest;
    const error = Math.abs(value - right) / Math.abs(right);
    return error <= largest ? largest : error || (Object.is(value, right) ? largest : Infinity);
  }, 0);

describe.each<readonly [string, OnnxTensor, number]>([
  ['Exp', evenly(-87, 88.7), 3e-7],
  ['Exp', evenly(-1, 1), 2e-7],
  ['Log', widely(-126, 127), 2e-7],
  ['Log', evenly(0.9, 1.1), 3e-7],
  ['Sigmoid', evenly(-80, 80), 4e-7],
  ['Tanh', evenly(-10, 10), 3e-7],
  ['Tanh', widely(-60, 3), 3e-7],
  ['Erf', evenly(-4, 4), 4e-7],
  ['Erf', widely(-60, 1), 4e-7],
  ['Softplus', evenly(-80, 80), 5e-7],
  ['Elu', widely(-60, 6), 1e-6],
  ['Sqrt', widely(-126, 127), 1e-7],
])('%s', (op, x, most) => {
  it(`has a relative error of at most ${most}`, async () => {
    const graph = graphOf(op, COUNT);
    const run = await compiled(graph);
    const expected = evaluate(graph, { x })['y'];
    const found = run({ x })['y']?.data ?? [];
    expect(found).toHaveLength(COUNT);
    expect(relative(found, expected ? numbersOf(expected) : [])).toBeLessThanOrEqual(most);
  });
});

describe.each(['Sin', 'Cos'])('%s', (op) => {
  it('has an absolute error of at most 2e-7 up to a hundred turns', async () => {
    const graph = graphOf(op, COUNT);
    const x = evenly(-628, 628);
    const expected = evaluate(graph, { x })['y'];
    const found = (await compiled(graph))({ x })['y']?.data ?? [];
    const right = expected ? numbersOf(expected) : [];
    expect(Math.max(...found.map((value, i) => Math.abs(value - (right[i] ?? NaN))))).toBeLessThanOrEqual(2e-7);
  });
});

describe('where there is no finite result', () => {
  it.each<readonly [string, readonly number[], readonly number[]]>([
    ['Exp', [Infinity, -Infinity, NaN, 89, -110, 0, -0], [Infinity, 0, NaN, Infinity, 0, 1, 1]],
    ['Log', [0, -0, -1, Infinity, NaN, -Infinity, 1], [-Infinity, -Infinity, NaN, Infinity, NaN, NaN, 0]],
    ['Sigmoid', [Infinity, NaN, 200, 0, -0], [1, NaN, 1, 0.5, 0.5]],
    ['Tanh', [Infinity, -Infinity, NaN, 100, -100, 0, -0], [1, -1, NaN, 1, -1, 0, -0]],
    ['Relu', [Infinity, -Infinity, NaN, 1, -1, 0, 2], [Infinity, 0, NaN, 1, 0, 0, 2]],
  ])('%s gives what IEEE 754 asks for', async (op, x, y) => {
    const run = await compiled(graphOf(op, x.length));
    expect(run({ x: tensorOf('float32', [x.length], x) })['y']?.data).toEqual(y);
  });

  it('a sigmoid ends at 7e-39', async () => {
    const run = await compiled(graphOf('Sigmoid', 3));
    for (const y of run({ x: tensorOf('float32', [3], [-90, -200, -Infinity]) })['y']?.data ?? [NaN]) {
      expect(y).toBeGreaterThanOrEqual(0);
      expect(y).toBeLessThan(7e-39);
    }
  });

  it('numbers below the normal ones have logarithms too', async () => {
    const run = await compiled(graphOf('Log', 1));
    const [y = NaN] = run({ x: tensorOf('float32', [1], [2 ** -140]) })['y']?.data ?? [];
    expect(y).toBeCloseTo(-140 * Math.LN2, 4);
  });
});
