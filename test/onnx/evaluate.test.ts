import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidData } from '../../src/errors.ts';
import { OnnxBuilder } from '../../src/onnx/builder.ts';
import { evaluate } from '../../src/onnx/evaluate.ts';
import type { OnnxTensor } from '../../src/onnx/graph.ts';
import { parseGraph } from '../../src/onnx/parse.ts';
import { erf } from '../../src/onnx/reference/erf.ts';
import { numbersOf, tensorOf } from '../../src/onnx/tensor.ts';

const doubles = (numbers: readonly number[]): OnnxTensor => tensorOf('float64', [numbers.length], numbers);

const unary = (op: string, numbers: readonly number[]): readonly number[] => {
  const graph = parseGraph(`g (float[N] x) => (float[N] y) { [a] y = ${op} (x) }`);
  const { y } = evaluate(graph, { x: doubles(numbers) });
  return y ? [...numbersOf(y)] : [];
};

describe('a graph that is evaluated again', () => {
  const graph = parseGraph('g (float[N] x, int64[2] shape) => (float[A, B] y) { [a] y = Reshape (x, shape) }');
  const shapeFor = (count: number, shape: readonly number[]): readonly number[] | undefined =>
    evaluate(graph, { x: doubles([...Array(count).keys()]), shape: tensorOf('int64', [shape.length], shape) })['y']
      ?.shape;

  it('has the shapes that its inputs lead to each time: by their own, and by elements', () => {
    expect(shapeFor(6, [2, 3])).toEqual([2, 3]);
    expect(shapeFor(6, [3, 2])).toEqual([3, 2]);
    expect(shapeFor(6, [-1, 2])).toEqual([3, 2]);
    expect(shapeFor(8, [-1, 2])).toEqual([4, 2]);
    expect(() => shapeFor(8, [3, 2])).toThrow('expected a size of 8, got 6');
  });
});

describe('precision', () => {
  it('is that of float64, whatever the type of the graph', () => {
    const third = 1 / 3;
    expect(unary('Identity', [third])).toEqual([third]);
    expect(unary('Cast <to = 1>', [third])).toEqual([third]);
    // A difference that float32 would lose.
    const graph = parseGraph(
      'g (float x) => (float y) <float one = {1}> { [a] s = Add (x, one) [b] y = Sub (s, one) }',
    );
    const { y } = evaluate(graph, { x: tensorOf('float64', [], [1e-9]) });
    expect(y?.dtype).toBe('float64');
    expect(numbersOf(y ?? doubles([]))[0]).toBeCloseTo(1e-9, 15);
  });

  it('of a Cast to float16 is that of float16', () => {
    const graph = parseGraph('g (float[N] x) => (float16[N] y) { [a] y = Cast <to = 10> (x) }');
    const { y } = evaluate(graph, { x: doubles([1 / 3, 1e6, -1e-9]) });
    expect(y && [...numbersOf(y)]).toEqual([0.333251953125, Infinity, -0]);
  });

  it('holds where a formula written plainly would overflow', () => {
    expect(unary('Softplus', [1000, -1000, 0])).toEqual([1000, 0, Math.LN2]);
    expect(unary('Sigmoid', [1000, -1000, 0])).toEqual([1, 0, 0.5]);
    expect(unary('Softmax', [1000, 1000])).toEqual([0.5, 0.5]);
    expect(unary('ReduceLogSumExp', [1000, 1000])).toEqual([1000 + Math.LN2]);
    expect(unary('ReduceLogSumExp', [-Infinity, -Infinity])).toEqual([-Infinity]);
  });

  it('of the error function is 15 digits (values of Abramowitz and Stegun, table 7.1)', () => {
    const known: readonly (readonly [number, number])[] = [
      [0, 0],
      [0.02, 0.02256_45747],
      [0.5, 0.52049_98778],
      [1, 0.84270_07929],
      [1.5, 0.96610_51465],
      [2, 0.99532_22650],
    ];
    for (const [x, value] of known) {
      expect(erf(x)).toBeCloseTo(value, 10);
      expect(erf(-x)).toBe(-erf(x));
    }
    expect(erf(7)).toBe(1);
    expect(erf(5.9)).toBeCloseTo(1, 15);
    expect(erf(NaN)).toBeNaN();
    // Its derivative is 2/√π · e^(−x²).
    for (const x of [-3, -0.7, 0.1, 1.3, 2.9, 4]) {
      const slope = (erf(x + 1e-6) - erf(x - 1e-6)) / 2e-6;
      expect(slope).toBeCloseTo((2 / Math.sqrt(Math.PI)) * Math.exp(-x * x), 8);
    }
  });

  it('of whole numbers is exact, and 32 bits wrap around', () => {
    const graph = parseGraph('g (int64[N] x, int64[N] y) => (int64[N] z) { [a] z = Mul (x, y) }');
    const ints = (numbers: readonly number[]) => tensorOf('int64', [numbers.length], numbers);
    const { z } = evaluate(graph, { x: ints([3, -4]), y: ints([2 ** 40, 5]) });
    expect(z).toEqual(ints([3 * 2 ** 40, -20]));
  });
});

describe('inputs', () => {
  const graph = parseGraph('g (float[N, 2] x, int64 i) => (float[N, 2] y) { [a] y = Relu (x) }');
  const x = tensorOf('float32', [1, 2], [1, 2]);
  const i = tensorOf('int64', [], [1]);

  it.each<[string, Record<string, OnnxTensor>, string]>([
    ['one that is missing', { x }, 'i: expected int64[], got nothing; give it as the graph declares it'],
    ['one of another type', { x, i: x }, 'i: expected int64[], got float32[1, 2];'],
    ['one of another rank', { x: tensorOf('float32', [2], [1, 2]), i }, 'x: expected float32[N, 2], got float32[2];'],
    [
      'one of another length',
      { x: tensorOf('float32', [1, 1], [1]), i },
      'x: expected float32[N, 2], got float32[1, 1];',
    ],
    ['one of fewer bits, which is whole', { x: i, i }, 'x: expected float32[N, 2], got int64[];'],
  ])('%s is refused', (_, inputs, message) => {
    expect(() => evaluate(graph, inputs)).toThrow(InvalidData);
    expect(() => evaluate(graph, inputs)).toThrow(message);
  });

  it('of any float type are taken', () => {
    expect(evaluate(graph, { x: tensorOf('float64', [1, 2], [-1, 0.1]), i })['y']).toEqual(
      tensorOf('float64', [1, 2], [0, 0.1]),
    );
    expect(evaluate(graph, { x: tensorOf('float16', [1, 2], [-1, 0.5]), i })['y']).toEqual(
      tensorOf('float64', [1, 2], [0, 0.5]),
    );
  });
});

describe('rounding', () => {
  const onnx = new OnnxBuilder('g');
  const x = onnx.input('x', 'float32', [2]);
  onnx.output('y', onnx.Sub(onnx.Add(x, 1e8), 1e8), 'float32', [2]);
  const taken = { x: doubles([1, 5]) };

  it('is what float32 makes of each node, where it is asked for', () => {
    expect([...numbersOf(evaluate(onnx.graph(), taken)['y'] ?? doubles([]))]).toEqual([1, 5]);
    expect([...numbersOf(evaluate(onnx.graph(), taken, { roundTo: 'float32' })['y'] ?? doubles([]))]).toEqual([0, 8]);
  });

  it('is to float32 alone', () => {
    // @ts-expect-error another type.
    expect(() => evaluate(onnx.graph(), taken, { roundTo: 'float16' })).toThrow(
      /expected 'float32' as roundTo, got "float16"/,
    );
  });
});

describe('what happens on the way', () => {
  it('is shown node by node, as often as there are nodes', () => {
    const onnx = new OnnxBuilder('g');
    const x = onnx.input('x', 'float32', [2]);
    const [p, q] = onnx.Split(onnx.Mul(x, 2), [1, 1], { axis: 0 });
    if (p && q) onnx.output('y', onnx.Add(p, q), 'float32', [1]);
    const seen: unknown[] = [];
    evaluate(
      onnx.graph(),
      { x: doubles([1, 2]) },
      {
        onNode: ({ name }, outputs) =>
          seen.push([name, Object.entries(outputs).map(([key, value]) => [key, ...numbersOf(value)])]),
      },
    );
    expect(seen).toEqual([
      ['Mul', [['Mul:0', 2, 4]]],
      [
        'Split',
        [
          ['Split:0', 2],
          ['Split:1', 4],
        ],
      ],
      ['Add', [['y', 6]]],
    ]);
  });

  it('does not change its inputs', () => {
    const graph = parseGraph(
      'g (float[3] x, int64[1] i, float[1] u) => (float[3] y) { [a] y = ScatterElements (x, i, u) }',
    );
    const inputs = { x: doubles([1, 2, 3]), i: tensorOf('int64', [1], [0]), u: doubles([9]) };
    const copy = structuredClone(inputs);
    expect([...numbersOf(evaluate(graph, inputs)['y'] ?? doubles([]))]).toEqual([9, 2, 3]);
    expect(inputs).toEqual(copy);
  });
});

describe('products', () => {
  it('are those of the definition, for any sizes', () => {
    const size = fc.integer({ min: 1, max: 9 });
    fc.assert(
      fc.property(size, size, size, fc.constantFrom(0, 1), fc.constantFrom(0, 1), (m, k, n, transA, transB) => {
        const entry = (i: number, j: number): number => Math.sin(i * 7 + j * 3 + 1);
        const a = transA ? [k, m] : [m, k];
        const b = transB ? [n, k] : [k, n];
        const filled = ([rows = 0, columns = 0]: readonly number[]): OnnxTensor =>
          tensorOf(
            'float64',
            [rows, columns],
            Array.from({ length: rows * columns }, (_, i) => entry(Math.floor(i / columns), i % columns)),
          );
        const graph = parseGraph(
          `g (float[P, Q] a, float[R, S] b) => (float[M, N] y) { [n] y = Gemm <transA = ${transA}, transB = ${transB}> (a, b) }`,
        );
        const y = numbersOf(evaluate(graph, { a: filled(a), b: filled(b) })['y'] ?? doubles([]));
        for (let i = 0; i < m; i++)
          for (let j = 0; j < n; j++) {
            let sum = 0;
            for (let l = 0; l < k; l++)
              sum += (transA ? entry(l, i) : entry(i, l)) * (transB ? entry(j, l) : entry(l, j));
            expect(y[i * n + j]).toBeCloseTo(sum, 12);
          }
      }),
      { numRuns: 100, seed: 1 },
    );
  });
});
