import { describe, expect, it } from 'vitest';
import { differentiate } from '../../src/compiler/differentiate.ts';
import { OnnxBuilder, type Value } from '../../src/onnx/builder.ts';
import { evaluate } from '../../src/onnx/evaluate.ts';
import type { OnnxGraph } from '../../src/onnx/graph.ts';
import { print } from '../../src/onnx/print.ts';
import { OPERATORS } from '../../src/onnx/schema.ts';
import { numbersOf, tensorOf } from '../../src/onnx/tensor.ts';
import { CASES } from './cases.ts';

/** A graph of one vector x and a scalar `loss`. */
const graphOf = (write: (onnx: OnnxBuilder, x: Value) => Value, shape: readonly number[] = [3]): OnnxGraph => {
  const onnx = new OnnxBuilder('example');
  const y = write(onnx, onnx.input('x', 'float32', shape));
  onnx.output('loss', onnx.ReduceSum(y, undefined, { keepdims: 0 }), 'float32', []);
  return onnx.graph();
};

const gradientAt = (graph: OnnxGraph, x: readonly number[], shape: readonly number[] = [x.length]): number[] => {
  const results = evaluate(differentiate(graph, { of: 'loss', by: ['x'] }), { x: tensorOf('float64', shape, x) });
  const gradient = results['gradient/x'];
  return gradient ? [...numbersOf(gradient)] : [];
};

describe('differentiate', () => {
  it('writes the graph as it was, then the gradients from the last node to the first', () => {
    const onnx = new OnnxBuilder('dense');
    const x = onnx.input('x', 'float32', ['N', 3]);
    const [kernel, bias] = [onnx.input('kernel', 'float32', [3, 2]), onnx.input('bias', 'float32', [2])];
    const y = onnx.scope('layer', () => onnx.Sigmoid(onnx.Gemm(x, kernel, bias)));
    onnx.output('loss', onnx.ReduceSum(y, undefined, { keepdims: 0 }), 'float32', []);
    expect(print(differentiate(onnx.graph(), { of: 'loss', by: ['kernel', 'bias'] }))).toMatchInlineSnapshot(`
      "dense (float[N, 3] x, float[3, 2] kernel, float[2] bias) => (float loss, float[3, 2] "gradient/kernel", float[2] "gradient/bias")
      <
        float "constant/float(1)" = {1.0},
        int64[1] "constant/int64[0]" = {0}
      >
      {
        ["layer/Gemm"] "layer/Gemm:0" = Gemm (x, kernel, bias)
        ["layer/Sigmoid"] "layer/Sigmoid:0" = Sigmoid ("layer/Gemm:0")
        [ReduceSum] loss = ReduceSum <keepdims = 0> ("layer/Sigmoid:0")
        ["gradient/ReduceSum/Shape"] "gradient/ReduceSum/Shape:0" = Shape ("layer/Sigmoid:0")
        ["gradient/ReduceSum/Expand"] "gradient/ReduceSum/Expand:0" = Expand ("constant/float(1)", "gradient/ReduceSum/Shape:0")
        ["gradient/layer/Sigmoid/Mul"] "gradient/layer/Sigmoid/Mul:0" = Mul ("layer/Sigmoid:0", "layer/Sigmoid:0")
        ["gradient/layer/Sigmoid/Sub"] "gradient/layer/Sigmoid/Sub:0" = Sub ("layer/Sigmoid:0", "gradient/layer/Sigmoid/Mul:0")
        ["gradient/layer/Sigmoid/Mul_2"] "gradient/layer/Sigmoid/Mul_2:0" = Mul ("gradient/ReduceSum/Expand:0", "gradient/layer/Sigmoid/Sub:0")
        ["gradient/layer/Gemm/Gemm"] "gradient/kernel" = Gemm <transA = 1> (x, "gradient/layer/Sigmoid/Mul_2:0")
        ["gradient/layer/Gemm/ReduceSum"] "gradient/bias" = ReduceSum <keepdims = 0> ("gradient/layer/Sigmoid/Mul_2:0", "constant/int64[0]")
      }
      "
    `);
  });

  it('adds up the gradients of all uses of a value', () => {
    const graph = graphOf((onnx, x) => onnx.Add(onnx.Mul(x, 3), onnx.Add(onnx.Exp(x), x)));
    expect(gradientAt(graph, [0, 1, 2])).toEqual([0, 1, 2].map((x) => 3 + Math.exp(x) + 1));
  });

  it('computes only what the requested gradients need', () => {
    const onnx = new OnnxBuilder('two');
    const [a, b] = [onnx.input('a', 'float32', [3]), onnx.input('b', 'float32', [3])];
    onnx.output('loss', onnx.ReduceSum(onnx.Mul(onnx.Exp(a), onnx.Tanh(b)), undefined, { keepdims: 0 }), 'float32', []);
    const nodes = (by: readonly string[]) =>
      differentiate(onnx.graph(), { of: 'loss', by }).nodes.map(({ name }) => name);
    expect(nodes(['a']).filter((name) => name.startsWith('gradient/Tanh'))).toEqual([]);
    expect(nodes(['b']).filter((name) => name.startsWith('gradient/Exp'))).toEqual([]);
    expect(nodes(['a', 'b']).length).toBeGreaterThan(nodes(['a']).length);
  });

  it('stops where it is asked to', () => {
    const graph = graphOf((onnx, x) => onnx.Mul(onnx.stopGradient(x), x));
    expect(gradientAt(graph, [1, 2, 3])).toEqual([1, 2, 3]);
  });

  it('gives zeros for what the loss does not depend on, also by way of rounding', () => {
    expect(
      gradientAt(
        graphOf((onnx, x) => onnx.Floor(x)),
        [1, 2, 3],
      ),
    ).toEqual([0, 0, 0]);
    expect(
      gradientAt(
        graphOf((onnx, x) => onnx.Cast(onnx.Shape(x), 'float32')),
        [1, 2, 3],
      ),
    ).toEqual([0, 0, 0]);
    expect(
      gradientAt(
        graphOf((onnx, x) => onnx.Cast(onnx.Greater(x, 1), 'float32')),
        [1, 2, 3],
      ),
    ).toEqual([0, 0, 0]);
  });

  it('gives zeros within a batch of a length that the graph does not know', () => {
    const onnx = new OnnxBuilder('unused');
    const [x, y] = [onnx.input('x', 'float32', ['N', 2]), onnx.input('y', 'float32', ['N', 2])];
    onnx.output('loss', onnx.ReduceSum(onnx.Add(y, onnx.stopGradient(x)), undefined, { keepdims: 0 }), 'float32', []);
    const zeros = tensorOf('float64', [2, 2], [1, 2, 3, 4]);
    const results = evaluate(differentiate(onnx.graph(), { of: 'loss', by: ['x'] }), { x: zeros, y: zeros });
    expect(results['gradient/x']).toEqual(tensorOf('float64', [2, 2], [0, 0, 0, 0]));
  });

  it('gives the first of equal maxima the gradient, as max-pooling does', () => {
    expect(
      gradientAt(
        graphOf((onnx, x) => onnx.Max(x, onnx.constant(1))),
        [0, 1, 2],
      ),
    ).toEqual([0, 1, 1]);
    expect(
      gradientAt(
        graphOf((onnx, x) => onnx.Max(onnx.constant(1), x)),
        [0, 1, 2],
      ),
    ).toEqual([0, 0, 1]);
    expect(
      gradientAt(
        graphOf((onnx, x) => onnx.Max(x, onnx.Identity(x))),
        [0, 1, 2],
      ),
    ).toEqual([1, 1, 1]);
    const pooled = graphOf((onnx, x) => onnx.MaxPool(x, { kernel_shape: [2, 2], strides: [1, 1] }), [1, 1, 3, 3]);
    expect(gradientAt(pooled, [1, 1, 1, 1, 1, 1, 1, 1, 1], [1, 1, 3, 3])).toEqual([1, 1, 0, 1, 1, 0, 0, 0, 0]);
  });

  it('finds the maxima of windows that do not overlap without their positions, which not all engines have', () => {
    const tiles = graphOf((onnx, x) => onnx.MaxPool(x, { kernel_shape: [2, 2], strides: [2, 2] }), [2, 1, 2, 5]);
    const graph = differentiate(tiles, { of: 'loss', by: ['x'] });
    expect(graph.nodes.filter(({ op }) => op === 'MaxPool').map(({ outputs }) => outputs.length)).toEqual([1]);
    // Of equal maxima the first one; the last column is in no window.
    const x = tensorOf('float64', [2, 1, 2, 5], [0, 3, 1, 1, 9, 3, 3, 1, 1, 9, 7, 0, -1, -2, 9, 0, 7, -2, -1, 9]);
    const expected = [0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0];
    const found = evaluate(graph, { x })['gradient/x'];
    expect(found && [...numbersOf(found)].map(Math.sign)).toEqual(expected);
    const line = graphOf((onnx, x) => onnx.MaxPool(x, { kernel_shape: [3], strides: [3] }), [1, 2, 6]);
    const sequence = [1, 2, 2, 5, 4, 3, -1, -1, -1, 0, 0, 1];
    expect(gradientAt(line, sequence, [1, 2, 6])).toEqual([0, 1, 0, 1, 0, 0, 1, 0, 0, 0, 0, 1]);
  });

  it('is that of the maximum in its own example, whether its position is counted through all of x or, as OpenCV does, through its example', () => {
    const pooled = graphOf((onnx, x) => onnx.MaxPool(x, { kernel_shape: [2, 2], strides: [1, 1] }), [2, 1, 2, 3]);
    const graph = differentiate(pooled, { of: 'loss', by: ['x'] });
    const nodes = graph.nodes.flatMap((node) => {
      const [y = '', position = ''] = node.outputs;
      if (node.op !== 'MaxPool') return [node];
      const parts = [
        { ...node, outputs: [y, 'counted'] },
        { ...node, name: 'div', op: 'Div', inputs: ['counted', 'six'], outputs: ['example'], attributes: {} },
        { ...node, name: 'mul', op: 'Mul', inputs: ['example', 'six'], outputs: ['before'], attributes: {} },
        { ...node, name: 'sub', op: 'Sub', inputs: ['counted', 'before'], outputs: [position], attributes: {} },
      ];
      return parts;
    });
    const initializers = new Map([...graph.initializers, ['six', tensorOf('int64', [], [6])]]);
    const x = tensorOf('float64', [2, 1, 2, 3], [1, 5, 2, 0, 3, 4, 9, 1, 2, 0, 7, 8]);
    for (const one of [graph, { ...graph, nodes, initializers }])
      expect(evaluate(one, { x })['gradient/x']).toEqual(
        tensorOf('float64', [2, 1, 2, 3], [0, 2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]),
      );
  });

  it('takes derivatives by initializers too', () => {
    const onnx = new OnnxBuilder('constant');
    const w = onnx.initializer('w', tensorOf('float32', [3], [1, 2, 3]));
    const x = onnx.input('x', 'float32', [3]);
    onnx.output('loss', onnx.ReduceSum(onnx.Mul(x, w), undefined, { keepdims: 0 }), 'float32', []);
    const graph = differentiate(onnx.graph(), { of: 'loss', by: ['w', 'x'] });
    const results = evaluate(graph, { x: tensorOf('float64', [3], [4, 5, 6]) });
    expect(results['gradient/w']).toEqual(tensorOf('float64', [3], [4, 5, 6]));
    expect(results['gradient/x']).toEqual(tensorOf('float64', [3], [1, 2, 3]));
  });
});

describe('what differentiate refuses', () => {
  it('is an operator without a gradient, which it names by its layer', () => {
    const graph = graphOf((onnx, x) =>
      onnx.scope('decoder/lookup', () =>
        onnx.OneHot(onnx.constant([1], 'int64'), onnx.constant(3, 'int64'), onnx.Slice(x, [0], [2])),
      ),
    );
    expect(() => differentiate(graph, { of: 'loss', by: ['x'] })).toThrow(
      /^decoder\/lookup\/OneHot: expected an operator that a gradient can be taken of, got OneHot, which .*; put stopGradient before it/,
    );
  });

  it('is not such an operator where no gradient goes', () => {
    const graph = graphOf((onnx, x) =>
      onnx.Mul(x, onnx.OneHot(onnx.constant([1], 'int64'), onnx.constant(3, 'int64'), onnx.constant([0, 1]))),
    );
    expect(gradientAt(graph, [4, 5, 6])).toEqual([0, 1, 0]);
  });

  it('is a loop that reads a value from the graph around it', () => {
    const graph = graphOf((onnx, x) => {
      const body = onnx.subgraph(
        'body',
        [
          { name: 'i', dtype: 'int64', shape: [] },
          { name: 'go', dtype: 'bool', shape: [] },
          { name: 'sum', dtype: 'float32', shape: [3] },
        ],
        (_, go = x, sum = x) => [
          { value: go, dtype: 'bool', shape: [] },
          { value: onnx.Add(sum, x), dtype: 'float32', shape: [3] },
        ],
      );
      const [sum = x] = onnx.Loop(onnx.constant(3, 'int64'), undefined, [onnx.constant([0, 0, 0])], body);
      return sum;
    });
    expect(() => differentiate(graph, { of: 'loss', by: ['x'] })).toThrow(/^Loop: expected an operator/);
  });

  it.each([
    ['no such value', { of: 'loss', by: ['z'] }, /expected z to be float32, got no such value/],
    ['a loss that is a vector', { of: 'y', by: ['x'] }, /expected y to be a float32 scalar, got float32\[3\]/],
  ])('is %s', (_, derivative, message) => {
    const onnx = new OnnxBuilder('example');
    const x = onnx.input('x', 'float32', [3]);
    onnx.output('y', onnx.Exp(x), 'float32', [3]);
    onnx.output('loss', onnx.ReduceSum(x, undefined, { keepdims: 0 }), 'float32', []);
    expect(() => differentiate(onnx.graph(), derivative)).toThrow(message);
  });

  it('is what its rules do not cover: steps, mirrored pads, interpolation', () => {
    const refused: readonly ((onnx: OnnxBuilder, x: Value) => Value)[] = [
      (onnx, x) => onnx.Slice(x, [0], [4], [2], [2]),
      (onnx, x) => onnx.Pad(x, [0, 0, 1, 1, 0, 0, 1, 1], undefined, { mode: 'reflect' }),
      (onnx, x) => onnx.Resize(x, { scales: [1, 1, 2, 2] }, { mode: 'linear' }),
    ];
    for (const write of refused)
      expect(() => differentiate(graphOf(write, [1, 1, 4, 4]), { of: 'loss', by: ['x'] })).toThrow(
        /expected .*, got .*; /,
      );
  });
});

describe('the table of cases', () => {
  it('says what every operator does', () => {
    expect(Object.keys(CASES).sort()).toEqual(Object.keys(OPERATORS).sort());
  });
});
