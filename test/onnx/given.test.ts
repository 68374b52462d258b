import { describe, expect, it } from 'vitest';
import * as onnx from '../../src/onnx/index.ts';

const { parseGraph, tensorOf } = onnx;
const graph = parseGraph('g (float[2] x) => (float[2] y) { [y] y = Neg (x) }');
const model = { graph, opset: 18, irVersion: 8, metadata: {}, producer: { name: '', version: '' } };
const x = tensorOf('float32', [2], [1, 2]);

/** What JavaScript may call, and what it is told. */
const CALLS: readonly (readonly [name: string, call: (given: never) => unknown, given: unknown, says: RegExp])[] = [
  [
    'evaluate',
    (given) => onnx.evaluate(given, { x }),
    model,
    /^evaluate: expected a graph, got a model; give its graph$/,
  ],
  [
    'evaluate',
    (given) => onnx.evaluate(given, { x }),
    null,
    /^evaluate: expected a graph, got null; give one, such as/,
  ],
  [
    'evaluate',
    (given) => onnx.evaluate(graph, given),
    undefined,
    /^evaluate: expected tensors by the names of inputs,/,
  ],
  [
    'evaluate',
    (given) => onnx.evaluate(graph, { x: given }),
    Float32Array.of(1, 2),
    /^x: expected a tensor, got an object; make one, such as tensorOf\('float32', \[2\], …\)$/,
  ],
  ['infer', (given) => onnx.infer(given, 18), model, /^infer: expected a graph, got a model;/],
  ['checkGraph', (given) => onnx.checkGraph(given, 18), model, /^checkGraph: expected a graph, got a model;/],
  [
    'differentiate',
    (given) => onnx.differentiate(given, { of: 'y', by: ['x'] }),
    model,
    /^differentiate: expected a graph, got a model;/,
  ],
  ['print', (given) => onnx.print(given), 3, /^print: expected a graph, got 3;/],
  ['check', (given) => onnx.check(given), graph, /^check: expected a model, got a graph; give \{ graph/],
  ['encode', (given) => onnx.encode(given), graph, /^encode: expected a model, got a graph;/],
  ['encode', (given) => onnx.encode(given), 'model', /^encode: expected a model, got "model"; give one, such as/],
  [
    'tensorOf',
    (given) => tensorOf(given, [1], [1]),
    'float',
    /^tensor: expected a type such as float32 or int64, got "float";/,
  ],
];

describe('what JavaScript may give in place of a graph, a model or a tensor', () => {
  it.each(CALLS)('%s refuses it in one sentence', (_, call, given, says) => {
    // As JavaScript does, without types.
    expect(() => call(given as never)).toThrow(says);
  });

  it('takes what is right', () => {
    expect(onnx.print(model)).toContain(onnx.print(graph).trim());
    expect(onnx.check(onnx.decode(onnx.encode(model))).get('y')).toEqual({ dtype: 'float32', shape: [2] });
    expect(onnx.evaluate(graph, { x })['y']?.data).toEqual(Float64Array.of(-1, -2));
  });
});
