import { describe, expect, it } from 'vitest';
import { differentiate } from '../../src/compiler/differentiate.ts';
import { checkGraph } from '../../src/onnx/check.ts';
import { evaluate } from '../../src/onnx/evaluate.ts';
import { parseGraph } from '../../src/onnx/parse.ts';
import { tensorOf } from '../../src/onnx/tensor.ts';
import { modelOf, runOrt } from '../onnx/ort.ts';
import { differences, distance, draw } from './numeric.ts';

// What files from elsewhere have, and what the builder writes nowhere: the nodes between x, [2, 3, 4], and y.
const NODES = {
  "a layer normalisation's mean": `[a] b, mean = LayerNormalization <axis = 2> (x, scale)
    [y] y = Mul (mean, b)`,
  "a layer normalisation's deviation alone": '[a] b, "", y = LayerNormalization <axis = 1> (x, wide)',
  'all three outputs of a layer normalisation': `[a] b, mean, inverse = LayerNormalization <axis = 2> (x, scale)
    [c] c = Mul (b, inverse)
    [y] y = Add (c, mean)`,
  'a log-sum-exp over no axes': '[y] y = ReduceLogSumExp <noop_with_empty_axes = 1> (x)',
  'powers of whole numbers': '[y] y = Pow (x, three)',
  'a path through float64': `[a] a = Cast <to = 11> (x)
    [b] b = Mul (a, a)
    [c] c = Sigmoid (b)
    [y] y = Cast <to = 1> (c)`,
} as const;

describe.each(Object.entries(NODES))('%s', (_, nodes) => {
  const graph = parseGraph(`g (float[2, 3, 4] x) => (float loss)
    <
      float[4] scale = {1, -2, 3, 0.5},
      float[3, 4] wide = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12},
      int64 three = {3}
    >
    {
    ${nodes}
    [square] square = Mul (y, y)
    [loss] loss = ReduceSum <keepdims = 0> (square)
    }`);
  const derived = differentiate(graph, { of: 'loss', by: ['x'] });
  const x = draw(24, 7);

  it('has the gradient that differences have, also in onnxruntime', async () => {
    checkGraph(derived, 18);
    const given = { x: tensorOf('float64', [2, 3, 4], x) };
    const exact = evaluate(derived, given)['gradient/x']?.data as Float64Array;
    expect(distance(exact, differences(graph, given, 'x'))).toBeLessThan(1e-6);
    const { data = [] } =
      (await runOrt(modelOf(derived), { x: tensorOf('float32', [2, 3, 4], x) }))['gradient/x'] ?? {};
    expect(distance(data, exact)).toBeLessThan(1e-5);
  });
});

it('says which opset a gradient needs', () => {
  const graph = parseGraph(`g (float[3, 4] x) => (float loss)
    <int64[2] i = {-1, 0}>
    {
    [y] y = Gather <axis = 1> (x, i)
    [loss] loss = ReduceSum <keepdims = 0> (y)
    }`);
  expect(() => differentiate(graph, { of: 'loss', by: ['x'], opset: 13 })).toThrow(
    'y: expected opset 16 or later, to train what is before it, got 13; choose a higher opset, or convert the file',
  );
});

it('does not take what a file has under the name of a constant for that constant', () => {
  const graph = parseGraph(`g (float[2] x) => (float loss) <float "constant/float(1)" = {5}>
    {
    [y] y = Mul (x, "constant/float(1)")
    [loss] loss = ReduceSum <keepdims = 0> (y)
    }`);
  const x = tensorOf('float64', [2], [1, 2]);
  expect(evaluate(differentiate(graph, { of: 'loss', by: ['x'] }), { x })['gradient/x']?.data).toEqual(
    Float64Array.of(5, 5),
  );
});
